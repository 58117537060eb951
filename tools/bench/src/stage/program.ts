import { setTimeout as delay } from 'node:timers/promises';
import { freePort, PlatformError, ServerProcess } from '@semel/platform';
import { cpuOf, memoryOf } from './cpu.js';

export interface ProgramOptions {
  readonly name: string;
  /** The compiled program. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Options of Node, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

/** A service or a baseline: a process of its own, started as production starts it. */
export class Program {
  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly server: ServerProcess,
    private readonly logFile: string,
  ) {}

  static async start({
    name,
    file,
    environment,
    logFile,
    nodeOptions = [],
  }: ProgramOptions): Promise<Program> {
    const port = await freePort();
    const server = await ServerProcess.spawn({
      // Its log goes straight to a file: piped through this process, it would cost CPU time that nobody accounts for.
      command: '/bin/sh',
      args: ['-c', 'exec "$0" "$@" >>"$LOG_FILE" 2>&1', process.execPath, ...nodeOptions, file],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        LOG_FORMAT: 'json',
        SERVICE_INSTANCE: name,
        LOG_FILE: logFile,
        PORT: String(port),
        ...environment,
      },
      stopSignal: 'TERM',
      patienceSeconds: 20,
    });
    return new Program(name, `http://127.0.0.1:${port}`, server, logFile);
  }

  /** Waits until `/health/ready` says so. @throws PlatformError when it ends before that */
  async ready(): Promise<this> {
    while (!(await answers(`${this.url}/health/ready`))) {
      if (this.server.hasExited) {
        throw new PlatformError(`${this.name} ended before it was ready: see ${this.logFile}.`, {
          code: 'bench-program',
        });
      }
      await delay(50);
    }
    return this;
  }

  /** Microseconds of CPU time so far. */
  get cpu(): number | undefined {
    return cpuOf(this.server.pid);
  }

  /** Resident memory in bytes. */
  get memory(): number | undefined {
    return memoryOf(this.server.pid);
  }

  /** Stops its clock, so that work can pile up without being begun. */
  hold(): void {
    process.kill(this.server.pid, 'SIGSTOP');
  }

  letGo(): void {
    process.kill(this.server.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
