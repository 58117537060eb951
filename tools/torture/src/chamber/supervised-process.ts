import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Exit, ServiceProcess, type ServiceProcessOptions } from '@semel/platform';
import type { Probe } from './services.js';

export interface SupervisedOptions extends Omit<ServiceProcessOptions, 'nodeOptions'> {
  readonly probe: Probe;
  /** Modules to load before the program. */
  readonly preloads?: readonly string[];
}

/** A process that is started again whenever it has ended, until it is stopped. */
export class SupervisedProcess {
  protected server: ServiceProcess | undefined;
  private supervision: Promise<void> | undefined;
  private stopping = false;
  private killed = false;
  /** Ends that nobody asked for, each with what its process said last. */
  readonly deaths: string[] = [];

  constructor(private readonly process: SupervisedOptions) {}

  get name(): string {
    return this.process.name;
  }

  start(): void {
    if (this.supervision !== undefined) return;
    this.stopping = false;
    this.supervision = this.supervise().finally(() => {
      this.supervision = undefined;
    });
  }

  /** @returns whether there was a process to kill */
  kill(): boolean {
    if (!this.server || this.server.hasExited) return false;
    this.killed = true;
    void this.server.kill();
    return true;
  }

  /** Stops its clock. @returns what lets it go on; undefined where there is no process */
  hold(): (() => void) | undefined {
    const { server } = this;
    if (!server || server.hasExited) return undefined;
    server.hold();
    return () => {
      if (!server.hasExited) server.letGo();
    };
  }

  /**
   * Waits until its probe is answered, past all links.
   * @throws Error with what it says instead, when patience ends
   */
  async ready(patience: AbortSignal): Promise<void> {
    for (;;) {
      const obstacle = await this.obstacle();
      if (obstacle === undefined) return;
      if (patience.aborted) throw new Error(obstacle);
      await pause(100);
    }
  }

  /** What it says that keeps it from being ready; undefined where nothing does. */
  protected async obstacle(): Promise<string | undefined> {
    const { port, probe } = this.process;
    try {
      const response = await fetch(`http://127.0.0.1:${port}${probe.path}`, {
        signal: AbortSignal.timeout(2_000),
      });
      const said = await response.text();
      return response.status === probe.status ? undefined : said;
    } catch (error) {
      // Nobody listens yet, or it does not answer.
      return error instanceof Error ? String(error.cause ?? error) : String(error);
    }
  }

  /** An orderly stop. */
  async stop(): Promise<Exit | undefined> {
    this.stopping = true;
    const exit = await this.server?.stop();
    await this.supervision;
    return exit;
  }

  private async supervise(): Promise<void> {
    while (!this.stopping) {
      this.killed = false;
      const logBegan = await stat(this.process.logFile).then(
        ({ size }) => size,
        () => 0,
      );
      const server = await this.spawn();
      this.server = server;
      const began = performance.now();
      if (this.stopping) await server.stop();
      const { code, signal } = await server.exited;
      if (this.stopping || this.killed) continue;
      const age = Math.round((performance.now() - began) / 100) / 10;
      const words = await this.lastWords(logBegan);
      this.deaths.push(`${this.name} ended by itself with ${code ?? signal} after ${age} s: ${words}`);
      // What can't start needs no start a millisecond.
      if (age < 5) await pause(500);
    }
  }

  /** What it has complained of since it began, or else how its log ends. A start that fails goes on logging for a moment. */
  private async lastWords(logBegan: number): Promise<string> {
    const log = await readFile(this.process.logFile);
    const lines = log.subarray(logBegan).toString('utf8').trimEnd().split('\n');
    const complaints = lines.filter((line) => !line.startsWith('{"level":"info"'));
    return (complaints.length > 0 ? complaints : lines).slice(-3).join(' / ').slice(-3_000);
  }

  private spawn(): Promise<ServiceProcess> {
    const { preloads = [], ...service } = this.process;
    return ServiceProcess.spawn({
      ...service,
      nodeOptions: preloads.flatMap((module) => ['--import', module]),
    });
  }
}
