import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { npm, repository, type Tarball } from './tarballs.js';

const run = promisify(execFile);

/** A service of somebody else's: a folder outside of the repository, with packages from a registry and our tarballs. */
export class ConsumerApp {
  readonly folder = mkdtempSync(join(tmpdir(), 'semel-consumer-'));

  /** @param nest the range of Nest's packages */
  async install(nest: string, tarballs: readonly Tarball[]): Promise<void> {
    const template = join(repository, 'tools/workshop/consumer');
    cpSync(template, this.folder, { recursive: true });
    const manifest = JSON.parse(
      readFileSync(join(template, 'package.json'), 'utf8').replaceAll('NEST', nest),
    );
    for (const { manifest: ours, file } of tarballs) {
      manifest.dependencies[ours.name] = `file:${file}`;
      // Peers that are needed by some entries only are the user's to install; here all entries are loaded.
      for (const peer of Object.keys(ours.peerDependenciesMeta ?? {})) {
        manifest.dependencies[peer] ??= ours.peerDependencies?.[peer];
      }
    }
    this.write('package.json', JSON.stringify(manifest));
    await npm(this.folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--strict-peer-deps');
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** @returns what the compiler has to say; nothing when all is well. It writes what it could make all the same */
  async compile(...options: string[]): Promise<string> {
    return this.node('node_modules/typescript/bin/tsc', ...options).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  async node(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, args, { cwd: this.folder });
    return stdout;
  }

  start(environment: Readonly<Record<string, string>>, program = 'dist/main.js'): Promise<RunningApp> {
    return RunningApp.start(this.folder, program, environment);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class RunningApp {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Resolves once it says `listening on URL`. */
  static async start(
    folder: string,
    program: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<RunningApp> {
    const child = spawn(process.execPath, [program], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
    for await (const line of createInterface(child.stdout)) {
      said.push(`${line}\n`);
      const [, url] = /^listening on (.+)$/.exec(line) ?? [];
      if (url !== undefined) {
        child.stdout.resume();
        return new RunningApp(child, url.replace('[::1]', '127.0.0.1'));
      }
    }
    throw new Error(`${program} ended before it listened:\n${said.join('')}`);
  }

  /** SIGKILL is a crash: nothing is flushed, nothing is said. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
