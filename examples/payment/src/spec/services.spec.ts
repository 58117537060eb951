import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runToEnd } from '@semel/platform';

const dist = join(__dirname, '../../dist');

/** The tables of the service, by its own program. */
export async function migrate(url: string): Promise<void> {
  const { code, output } = await runToEnd(process.execPath, [join(dist, 'migrate.js')], {
    env: { ...process.env, DATABASE_URL: url },
    onLeash: true,
  });
  if (code !== 0) throw new Error(`The migrations failed: ${output}`);
}

/** One process of the application, to be killed. */
export class AppProcess {
  private readonly stopped = new Set<string>();
  private readonly child: ChildProcess;
  readonly url: Promise<string>;
  /** Resolves at the next word of the process. */
  told: Promise<void> = Promise.resolve();
  private tell: () => void = () => undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.listen();
    this.child = fork(join(__dirname, 'faulty-app.mjs'), [join(dist, 'app.module.js')], {
      env: { ...process.env, ...env },
      execArgv: [],
    });
    this.url = new Promise((resolve, reject) => {
      this.child.on('message', (message: { url?: string; stopped?: string }) => {
        if (message.url !== undefined) resolve(message.url);
        if (message.stopped !== undefined) this.stopped.add(message.stopped);
        this.tell();
        this.listen();
      });
      this.child.once('exit', () => reject(new Error('The application died before it was told to.')));
    });
    this.url.catch(() => undefined);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Whether the request with this key has reached its point and stays there. */
  isStopped(key: string): boolean {
    return this.stopped.has(key);
  }

  private listen(): void {
    this.told = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

/** The payment provider, started again whenever it dies. */
export class ProviderProcess {
  private child: ChildProcess | undefined;
  private closing = false;
  deaths = 0;

  constructor(
    private readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = fork(join(dist, 'provider/main.js'), {
      env: { ...process.env, ...this.env, PORT: String(this.port) },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.child = child;
    child.once('exit', () => {
      if (this.closing) return;
      this.deaths += 1;
      void this.start();
    });
    if (child.stdout) await once(child.stdout, 'data');
  }

  async plan(reference: string, fault: string): Promise<void> {
    for (;;) {
      try {
        const body = JSON.stringify({ reference, fault });
        const { status } = await fetch(`${this.url}/faults`, { method: 'POST', body });
        if (status !== 200) throw new RangeError(`The provider knows no fault "${fault}".`);
        return;
      } catch (error) {
        // It is just being started again.
        if (error instanceof RangeError) throw error;
        await pause(20);
      }
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    if (!this.child || this.child.exitCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
