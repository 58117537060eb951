import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { testBrokers } from '@semel/platform/testing';
import { transform } from '@swc/core';

const source = join(__dirname, '..');

/**
 * This package as a program: node runs no TypeScript at 20, and a build may be older than its sources. It lies below the
 * repository's node_modules, where its imports are found.
 */
export async function compileRelay(): Promise<{ program: string; remove: () => Promise<void> }> {
  const modules = dirname(dirname(createRequire(__filename).resolve('kafkajs/package.json')));
  const target = join(modules, '.cache', `outbox-relay-${process.pid}`);
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
  for (const file of files) {
    const { code } = await transform(await readFile(join(source, file), 'utf8'), {
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'es6' },
      configFile: false,
      swcrc: false,
    });
    const output = join(target, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(output), { recursive: true });
    await writeFile(output, code);
  }
  await writeFile(join(target, 'package.json'), '{"type":"module"}');
  const program = fileURLToPath(new URL('./relay-program.spec.ts', import.meta.url));
  return {
    program: join(target, relative(source, program).replace(/\.ts$/, '.js')),
    remove: () => rm(target, { recursive: true, force: true }),
  };
}

/** A relay in a process of its own. */
export class RelayProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #arrived: (() => void)[] = [];

  constructor(program: string, database: string, environment: Record<string, string>) {
    this.#child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DATABASE: database, BROKERS: testBrokers().join(','), ...environment },
    });
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#lines.push(line);
        for (const tell of this.#arrived.splice(0)) tell();
      });
    }
  }

  /** The first line that starts so. */
  async line(start: string): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => line.startsWith(start));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#arrived.push(resolve));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The signal that ended it, or null where it ended by itself. */
  async exit(): Promise<NodeJS.Signals | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.signalCode;
  }
}
