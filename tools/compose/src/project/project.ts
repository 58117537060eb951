import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, PlatformError, type Progress, runToEnd } from '@semel/platform';
import type { Engine } from '../engine/engine.js';
import { interruption, outputOf, runLong, succeeds } from '../engine/run.js';
import { type Container, inspect } from './container.js';

const ports = ['CONSOLE_PORT', 'ORDER_PORT', 'INVENTORY_PORT', 'POSTGRES_PORT', 'KAFKA_PORT'] as const;
const passwords = ['POSTGRES_PASSWORD', 'ORDER_DATABASE_PASSWORD', 'INVENTORY_DATABASE_PASSWORD'] as const;
type Variable = (typeof ports)[number] | (typeof passwords)[number];

/** Longer than a broker that was killed takes to recover on a busy machine. */
const patience = 180_000;

/** docker-compose.yml as a project of its own, on free ports and with passwords that no other stack has. */
export class Project {
  readonly name: string;
  private readonly interrupted = new AbortController();

  private constructor(
    readonly engine: Engine,
    readonly root: string,
    private readonly variables: Readonly<Record<Variable, string>>,
    readonly progress: Progress,
  ) {
    this.name = `semel-test-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  }

  static async prepare(engine: Engine, root: string, progress: Progress): Promise<Project> {
    const variables: Partial<Record<Variable, string>> = {};
    for (const name of ports) variables[name] = String(await freePort());
    // Safe in a URL as it is.
    for (const name of passwords) variables[name] = randomBytes(18).toString('hex');
    return new Project(engine, root, variables as Record<Variable, string>, progress);
  }

  variable(name: Variable): string {
    return this.variables[name];
  }

  get secrets(): readonly string[] {
    return passwords.map((name) => this.variables[name]);
  }

  url(service: 'console' | 'order' | 'inventory'): string {
    const variable = { console: 'CONSOLE_PORT', order: 'ORDER_PORT', inventory: 'INVENTORY_PORT' } as const;
    return `http://127.0.0.1:${this.variables[variable[service]]}`;
  }

  databaseUrl(service: 'order' | 'inventory'): string {
    const variable = { order: 'ORDER_DATABASE_PASSWORD', inventory: 'INVENTORY_DATABASE_PASSWORD' } as const;
    const { [variable[service]]: password, POSTGRES_PORT: port } = this.variables;
    return `postgres://semel_${service}:${password}@127.0.0.1:${port}/semel_${service}`;
  }

  get brokers(): string {
    return `127.0.0.1:${this.variables.KAFKA_PORT}`;
  }

  /** Lets nothing more be done to it than to bring it down: whoever is at it fails at his next step. */
  interrupt(): void {
    this.interrupted.abort();
  }

  /** Aborted by `interrupt`. */
  get signal(): AbortSignal {
    return this.interrupted.signal;
  }

  /** A subcommand of compose. */
  async compose(...args: readonly string[]): Promise<string> {
    return this.runCompose(args, this.signal);
  }

  private runCompose(args: readonly string[], signal?: AbortSignal): Promise<string> {
    const { words } = this.engine.compose;
    return runLong(words, ['--project-name', this.name, ...args], {
      env: this.env,
      cwd: this.root,
      onLine: (line) => this.progress(`compose: ${line.trim()}`),
      ...(signal && { signal }),
    });
  }

  /** What a program in a service's container writes to standard output. */
  async exec(service: string, ...command: readonly string[]): Promise<string> {
    const { words, env } = this.engine;
    const { id } = await this.one(service);
    return (await outputOf(words, ['exec', id, ...command], env)).trim();
  }

  /** A subcommand of the engine about containers or images. */
  engineCommand(...args: readonly string[]): Promise<string> {
    return outputOf(this.engine.words, args, this.engine.env);
  }

  /** The last lines that a container wrote. */
  async lastLines({ id }: Container): Promise<string> {
    const [program, ...before] = this.engine.words;
    const args = [...before, 'logs', '--tail', '15', id];
    return (await runToEnd(program, args, { env: this.engine.env })).output.trimEnd();
  }

  /** All containers of the project, also those that have ended. */
  async containers(): Promise<Container[]> {
    return inspect(this.engine, await this.listed('ps', '--all', '--no-trunc'));
  }

  /** The container of a service. */
  async one(service: string): Promise<Container> {
    const [found, another] = (await this.containers()).filter(
      (one) => one.service === service && !one.isOneOff,
    );
    if (found === undefined || another !== undefined)
      throw new PlatformError(`There is not one container of ${service}.`, { code: 'containers' });
    return found;
  }

  /** Waits until containers are as they are wanted. @throws PlatformError with what they are instead */
  async until(what: string, wanted: (containers: readonly Container[]) => boolean): Promise<Container[]> {
    const givenUp = performance.now() + patience;
    for (;;) {
      if (this.signal.aborted) throw interruption();
      const containers = await this.containers();
      if (wanted(containers)) return containers;
      if (performance.now() > givenUp) {
        const states = containers.map(
          ({ service, status, health }) => `${service} ${status} ${health ?? ''}`,
        );
        throw new PlatformError(`It took too long until ${what}: ${states.join(', ')}`, {
          code: 'containers',
        });
      }
      await delay(250);
    }
  }

  /** What the engine still has of the project: containers, networks, volumes, images. */
  async leftovers(): Promise<string[]> {
    const containers = await this.listed('ps', '--all');
    const networks = await this.listed('network', 'ls');
    const volumes = await this.listed('volume', 'ls');
    return [...containers, ...networks, ...volumes, ...(await this.images())];
  }

  /** Removes everything of the project, images that it built included. */
  async down(): Promise<void> {
    const stray = await this.listed('ps', '--all');
    for (const id of stray)
      await succeeds(this.engine.words, ['rm', '--force', '--volumes', id], this.engine.env);
    await this.runCompose(['down', '--volumes', '--remove-orphans', '--rmi', 'local', '--timeout', '30']);
    // compose knows those alone that it has built itself.
    for (const image of await this.images())
      await succeeds(this.engine.words, ['rmi', '--force', image], this.engine.env);
  }

  /** The ids of the images that were built for it. */
  private async images(): Promise<string[]> {
    const filter = `reference=*${this.name}*`;
    const text = await outputOf(
      this.engine.words,
      ['images', '--quiet', '--filter', filter],
      this.engine.env,
    );
    return [...new Set(text.split('\n').filter((id) => id !== ''))];
  }

  private async listed(...command: readonly string[]): Promise<string[]> {
    const filter = `label=com.docker.compose.project=${this.name}`;
    const text = await outputOf(
      this.engine.words,
      [...command, '--quiet', '--filter', filter],
      this.engine.env,
    );
    return text.split('\n').filter((id) => id !== '');
  }

  private get env(): NodeJS.ProcessEnv {
    return { ...this.engine.env, ...this.variables };
  }
}
