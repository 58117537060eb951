import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A service as it runs in production: its compiled main program, told everything by its environment. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private readonly log: WriteStream;
  readonly url: string;

  constructor(
    private readonly program: string,
    port: number,
    private readonly environment: Readonly<Record<string, string>>,
    logFile: string,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.log = createWriteStream(logFile, { flags: 'a' });
  }

  /** Resolves once it says that it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.program], {
      env: { PATH: process.env.PATH ?? '', ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.log, { end: false });
    child.stderr.pipe(this.log, { end: false });
    this.child = child;
    for (;;) {
      if (child.exitCode !== null)
        throw new Error(`${this.program} ended with ${child.exitCode}: see ${this.log.path}`);
      if (await answers(`${this.url}/health/ready`)) return;
      await pause(20);
    }
  }

  /** As the kernel does it: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stands still, as in a virtual machine that is frozen: its connections stay open, and it does not know. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** @returns the exit code of an orderly stop; it may be started again */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** @returns the exit code, once it has ended by itself; null where a signal ended it */
  async ended(): Promise<number | null> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  /** Its last stop, and the end of its log. */
  async close(): Promise<number | null> {
    const code = await this.stop();
    this.log.end();
    return code;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return status === 200;
  } catch {
    // Not listening yet: asked again.
    return false;
  }
}
