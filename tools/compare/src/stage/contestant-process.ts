import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One process of a contestant, on a port of its own. */
export class ContestantProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @throws Error with what the program wrote, when it ends before it listens */
  static async start(
    program: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<ContestantProcess> {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 100) said.push(text);
    });
    for await (const line of createInterface(child.stdout)) {
      const [, url] = /^listening on (.+)$/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return new ContestantProcess(child, url.replace('[::1]', '127.0.0.1'));
    }
    throw new Error(`${program} ended before it listened:\n${said.join('')}`);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** As the kernel does it: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
