import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from './platform-error.js';
import { type Exit, ServerProcess } from './server-process.js';

export interface ServiceProcessOptions {
  /** What it is called in its log, in its metrics and where it fails. */
  readonly name: string;
  /** The compiled program. */
  readonly program: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what it writes, appended. */
  readonly logFile: string;
  /** Options of Node, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

/** A service in a process of its own, as production runs it: its compiled program, told everything by its environment. */
export class ServiceProcess {
  readonly url: string;

  private constructor(
    private readonly options: ServiceProcessOptions,
    private readonly server: ServerProcess,
  ) {
    this.url = `http://127.0.0.1:${options.port}`;
  }

  /** Resolves once the process runs, which is long before it is ready. */
  static async spawn(options: ServiceProcessOptions): Promise<ServiceProcess> {
    const { name, program, port, environment, logFile, nodeOptions = [] } = options;
    const server = await ServerProcess.spawn({
      // Its log goes straight to a file: piped through this process, it would cost CPU time that nobody accounts for.
      command: '/bin/sh',
      args: ['-c', 'exec "$0" "$@" >>"$LOG_FILE" 2>&1', process.execPath, ...nodeOptions, program],
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
      // Longer than the fifteen seconds that a service takes to drain (SHUTDOWN_TIMEOUT_MS).
      patienceSeconds: 20,
    });
    return new ServiceProcess(options, server);
  }

  /** Waits until `/health/ready` says so. @throws PlatformError `service-start` when it ends before that */
  async ready(): Promise<this> {
    while (!(await answers(`${this.url}/health/ready`))) {
      if (this.hasExited) {
        const { code, signal } = await this.server.exited;
        const { name, logFile } = this.options;
        throw new PlatformError(`${name} ended (${signal ?? code}) before it was ready: see ${logFile}.`, {
          code: 'service-start',
        });
      }
      await delay(50);
    }
    return this;
  }

  get pid(): number {
    return this.server.pid;
  }

  get hasExited(): boolean {
    return this.server.hasExited;
  }

  get exited(): Promise<Exit> {
    return this.server.exited;
  }

  /** Stops its clock, as in a virtual machine that is frozen: its connections stay open, and it does not know. */
  hold(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  letGo(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** As the kernel does it: no goodbye, nothing flushed. */
  kill(): Promise<Exit> {
    this.server.kill();
    return this.server.exited;
  }

  /** In good order; one that takes too long is killed. */
  stop(): Promise<Exit> {
    return this.server.stop();
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
