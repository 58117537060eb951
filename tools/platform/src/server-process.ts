import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { leashDescriptor, leashed } from './leash.js';
import { PlatformError } from './platform-error.js';
import { letGo } from './run-to-end.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** A file that receives what the process writes, appended. */
  readonly logFile?: string;
  readonly onLine?: (line: string) => void;
  /** What asks the process to end in good order. */
  readonly stopSignal: 'INT' | 'TERM';
  /** How long it may take for that before it is killed. */
  readonly patienceSeconds: number;
}

const remembered = 60;

/** A long-running child in its own process group, which ends when we do: see leash.ts. */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  private readonly lines: string[] = [];
  private exit: Exit | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: ServerProcessOptions,
  ) {
    if (child.pid === undefined) throw new Error('A child without a pid was not started.');
    this.pid = child.pid;
    const log =
      options.logFile === undefined
        ? undefined
        : createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
    // A full disk must not take down whoever watches the server.
    log?.on('error', () => log.destroy());
    const closed = Promise.all([this.listen(child.stdout, log), this.listen(child.stderr, log)]);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.exit = { code, signal };
        // There is nothing left to watch.
        letGo(child.stdio[leashDescriptor] as Writable | null);
        void closed.then(() => log?.end());
        resolve(this.exit);
      });
    });
  }

  /** @throws PlatformError `not-executable` when the command can't be started. */
  static async spawn(options: ServerProcessOptions): Promise<ServerProcess> {
    const [command, args] = leashed(
      options.command,
      options.args,
      options.stopSignal,
      options.patienceSeconds,
    );
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new PlatformError(`${options.command} could not be started: ${String(error)}.`, {
        code: 'not-executable',
        cause: error,
      });
    }
    return new ServerProcess(child, options);
  }

  get hasExited(): boolean {
    return this.exit !== undefined;
  }

  /** The last lines that it wrote, oldest first. */
  get lastLines(): readonly string[] {
    return this.lines;
  }

  /** Asks it to end, and kills it (with its process group) when it takes too long. */
  async stop(): Promise<Exit> {
    if (this.exit === undefined) {
      this.child.kill(`SIG${this.options.stopSignal}`);
      const timer = setTimeout(() => this.kill(), this.options.patienceSeconds * 1000);
      await this.exited;
      clearTimeout(timer);
    }
    return this.exited;
  }

  kill(): void {
    if (this.exit !== undefined) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // The group is gone already: its exit is on the way.
      this.child.kill('SIGKILL');
    }
  }

  private listen(stream: Readable | null, log: WriteStream | undefined): Promise<void> {
    if (stream === null) return Promise.resolve();
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      if (log !== undefined && !log.destroyed) log.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.hear(line);
    });
    return new Promise((resolve) =>
      stream.once('close', () => {
        if (rest !== '') this.hear(rest);
        resolve();
      }),
    );
  }

  private hear(line: string): void {
    this.lines.push(line);
    if (this.lines.length > remembered) this.lines.shift();
    this.options.onLine?.(line);
  }
}
