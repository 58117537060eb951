import type { Watched } from '../../supervision/running.js';
import { signalIfThere } from '../../supervision/signal-if-there.js';
import { Refusal } from '../refusal.js';

type Act = 'kill' | 'pause';

export interface ProcessView {
  readonly name: string;
  readonly pid: number | null;
  readonly port: number | null;
  readonly state: string;
  /** Stopped by SIGSTOP: it lives and does nothing. */
  readonly paused: boolean;
  /** What the page may do to it. */
  readonly acts: readonly Act[];
}

/**
 * Kills, stops and resumes the processes of the stack, by the signals that nobody can catch. Who was killed is started again by the
 * supervision, as if nobody had meant it.
 */
export class ProcessSwitches {
  /** The pids that were stopped, by name: a process that was started anew is not stopped any more. */
  private readonly pausedPids = new Map<string, number>();

  constructor(private readonly processes: () => readonly Watched[]) {}

  list(): ProcessView[] {
    return this.processes().map(({ name, pid, port, state }) => ({
      name,
      pid: pid ?? null,
      port: port ?? null,
      state,
      paused: pid !== undefined && this.pausedPids.get(name) === pid,
      acts: pid === undefined ? [] : actsOn(name),
    }));
  }

  kill(name: string): void {
    this.send(name, 'kill', 'SIGKILL');
  }

  pause(name: string): void {
    this.pausedPids.set(name, this.send(name, 'pause', 'SIGSTOP'));
  }

  resume(name: string): void {
    this.send(name, 'pause', 'SIGCONT');
    this.pausedPids.delete(name);
  }

  /** A process that is stopped does not hear that it shall end. The stack ends whatever has become of it. */
  resumeAll(): void {
    for (const { name, pid } of this.processes()) {
      if (pid !== undefined && this.pausedPids.get(name) === pid) signalIfThere(pid, 'SIGCONT');
    }
    this.pausedPids.clear();
  }

  private send(name: string, act: Act, signal: NodeJS.Signals): number {
    const found = this.processes().find((process) => process.name === name);
    if (found === undefined) throw new Refusal(`The stack has no process ${name}.`, { status: 404 });
    if (!actsOn(name).includes(act)) throw new Refusal(`${name} is not for that.`, { status: 409 });
    const { pid } = found;
    if (pid === undefined)
      throw new Refusal(`${name} is no process of this stack at the moment.`, { status: 409 });
    if (!signalIfThere(pid, signal)) throw new Refusal(`${name} has just gone by itself.`, { status: 409 });
    return pid;
  }
}

/**
 * Who stops the console stops the page that would resume it; and of PostgreSQL a signal reaches only the process that all others are
 * children of, which hardly works itself.
 */
function actsOn(name: string): readonly Act[] {
  return name === 'console' || name === 'postgres' ? ['kill'] : ['kill', 'pause'];
}
