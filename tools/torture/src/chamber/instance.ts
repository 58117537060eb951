import { readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '@semel/platform';
import type { LinkName, ServiceName } from '../faults/schedule.js';
import type { TcpLink } from './tcp-link.js';

export interface InstanceOptions {
  readonly name: string;
  readonly service: ServiceName;
  /** The compiled program. */
  readonly program: string;
  readonly port: number;
  /** The port of its `http` link. */
  readonly publicPort: number;
  readonly links: Readonly<Record<LinkName, TcpLink>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly clockFile: string;
  /** Modules to load before the program. */
  readonly preloads: readonly string[];
}

/** A service's process, which is started again whenever it has ended, until it is stopped. */
export class Instance {
  private server: ServerProcess | undefined;
  private supervision: Promise<void> | undefined;
  private stopping = false;
  private killed = false;
  /** Ends that nobody asked for, each with what its process said last. */
  readonly deaths: string[] = [];
  starts = 0;

  constructor(private readonly options: InstanceOptions) {}

  get name(): string {
    return this.options.name;
  }

  get service(): ServiceName {
    return this.options.service;
  }

  get links(): InstanceOptions['links'] {
    return this.options.links;
  }

  /** Through the link. */
  get url(): string {
    return `http://127.0.0.1:${this.options.publicPort}`;
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
    this.server.kill();
    return true;
  }

  /** Stops its clock. @returns what lets it go on; undefined where there is no process */
  hold(): (() => void) | undefined {
    const { server } = this;
    if (!server || server.hasExited) return undefined;
    process.kill(server.pid, 'SIGSTOP');
    return () => {
      if (!server.hasExited) process.kill(server.pid, 'SIGCONT');
    };
  }

  /** Sets its wall clock: at once where it serves, else from its start on. */
  async shiftClock(milliseconds: number): Promise<void> {
    await writeFile(this.options.clockFile, String(milliseconds));
    const { server } = this;
    // Before it listens, the signal could come before its handler, and end it.
    if ((await this.obstacle()) === undefined && server && !server.hasExited)
      process.kill(server.pid, 'SIGUSR2');
  }

  /**
   * Waits until `/health/ready` says so, asked past its link.
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
  private async obstacle(): Promise<string | undefined> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.options.port}/health/ready`, {
        signal: AbortSignal.timeout(2_000),
      });
      const said = await response.text();
      return response.ok ? undefined : said;
    } catch (error) {
      // Nobody listens yet, or it does not answer.
      return error instanceof Error ? String(error.cause ?? error) : String(error);
    }
  }

  /** An orderly stop. @returns the exit code */
  async stop(): Promise<number | null> {
    this.stopping = true;
    const exit = await this.server?.stop();
    await this.supervision;
    return exit?.code ?? null;
  }

  private async supervise(): Promise<void> {
    while (!this.stopping) {
      this.killed = false;
      const logBegan = await stat(this.options.logFile).then(
        ({ size }) => size,
        () => 0,
      );
      const server = await this.spawn();
      this.server = server;
      this.starts += 1;
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
    const log = await readFile(this.options.logFile);
    const lines = log.subarray(logBegan).toString('utf8').trimEnd().split('\n');
    const complaints = lines.filter((line) => !line.startsWith('{"level":"info"'));
    return (complaints.length > 0 ? complaints : lines).slice(-3).join(' / ').slice(-3_000);
  }

  private spawn(): Promise<ServerProcess> {
    const { program, port, environment, logFile, clockFile, preloads, name } = this.options;
    return ServerProcess.spawn({
      // Its log goes straight to a file: piped through this process, it would take time from the clients.
      command: '/bin/sh',
      args: [
        '-c',
        'exec "$0" "$@" >>"$LOG_FILE" 2>&1',
        process.execPath,
        ...preloads.flatMap((module) => ['--import', module]),
        program,
      ],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        LOG_FORMAT: 'json',
        SERVICE_INSTANCE: name,
        LOG_FILE: logFile,
        CLOCK_FILE: clockFile,
        PORT: String(port),
        ...environment,
      },
      stopSignal: 'TERM',
      patienceSeconds: 20,
    });
  }
}
