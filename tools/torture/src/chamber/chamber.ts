import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, makeAuthority, type TcpLink } from '@semel/platform';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { root } from '../folders.js';
import type { Instance } from './instance.js';
import { openProvider, type Provider } from './provider.js';
import { furnish, makeDoors } from './seats.js';
import { Servers } from './servers.js';
import { isPublisher, type Publisher, type ServiceName, type SystemName, systems } from './services.js';
import type { SupervisedProcess } from './supervised-process.js';

export interface ChamberOptions {
  readonly systems: readonly SystemName[];
  /** Of each service. */
  readonly instances: number;
  /** A bug to plant into every service. */
  readonly plant?: string;
  readonly say: (line: string) => void;
}

/** The database of a service, of the payment provider, or the one that every server has. */
export type DatabaseName = ServiceName | 'provider' | 'postgres';

/** Services of this run's own, every cable of which can be hurt. */
export class Chamber {
  private constructor(
    readonly folder: string,
    readonly servers: Servers,
    readonly instances: readonly Instance[],
    /** A stranger, who keeps his promises and is not ours to judge. */
    readonly provider: Provider | undefined,
    private readonly authority: Authority,
    private readonly links: readonly TcpLink[],
  ) {}

  static async open({ systems: wanted, instances, plant, say }: ChamberOptions): Promise<Chamber> {
    const home = join(root, '.semel');
    const folder = join(home, `torture-${process.pid}`);
    // PostgreSQL may run as another user, who has to pass through on his way to his own folder.
    await mkdir(home, { recursive: true, mode: 0o711 });
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o711 });
    const authority = await makeAuthority(folder);
    const services = wanted.flatMap((system): readonly ServiceName[] => systems[system]);
    const names = services.flatMap((service) =>
      Array.from({ length: instances }, (_, index) => ({ service, name: `${service}-${index + 1}` })),
    );
    const doors = await makeDoors(names);
    say(
      doors.length > 0
        ? `Starting PostgreSQL, and Kafka with a door for each of ${doors.length} services …`
        : 'Starting PostgreSQL …',
    );
    const servers = await Servers.start(folder, doors);
    const provider = services.includes('payment') ? await openProvider(servers, folder) : undefined;
    const links = doors.map(({ link }) => link);
    const all = await furnish({
      names,
      doors,
      servers,
      folder,
      links,
      plant,
      environment: authority.environment,
      providerPort: provider?.port,
    });
    const chamber = new Chamber(folder, servers, all, provider, authority, links);
    say('Waiting for the services …');
    for (const one of chamber.processes) one.start();
    const patience = AbortSignal.timeout(90_000);
    await Promise.all(chamber.processes.map((one) => one.ready(patience)));
    return chamber;
  }

  /** Instances and the provider. */
  get processes(): readonly SupervisedProcess[] {
    return this.provider ? [...this.instances, this.provider.process] : this.instances;
  }

  get services(): readonly ServiceName[] {
    return [...new Set(this.instances.map(({ service }) => service))];
  }

  get publishers(): readonly Publisher[] {
    return this.services.filter(isPublisher);
  }

  of(service: ServiceName): readonly Instance[] {
    return this.instances.filter((instance) => instance.service === service);
  }

  /** @throws RangeError where there is none */
  instance(service: ServiceName, index: number): Instance {
    const instance = this.of(service)[index];
    if (!instance) throw new RangeError(`There is no ${service}-${index + 1}.`);
    return instance;
  }

  token(sub: string, ...roles: string[]): Promise<string> {
    return this.authority.token(sub, ...roles);
  }

  /** A short connection past all links. */
  async query<Row extends pg.QueryResultRow>(
    database: DatabaseName,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({
      connectionString: this.servers.databaseUrl(database),
      application_name: 'semel-torture',
      connectionTimeoutMillis: 10_000,
    });
    // What breaks is told by the statement.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** kafkajs, past all links. */
  kafka(): kafkajs.Kafka {
    return new kafkajs.Kafka({
      clientId: 'semel-torture',
      brokers: [this.servers.brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { initialRetryTime: 100, retries: 6 },
    });
  }

  /** @returns the exit code of each service that did not end in good order */
  async close(keep: boolean): Promise<string[]> {
    const codes = await Promise.all(
      this.instances.map(async (instance) => [instance.name, (await instance.stop())?.code] as const),
    );
    await this.provider?.process.stop();
    for (const link of this.links) link.close();
    await this.servers.stop();
    if (!keep) await rm(this.folder, { recursive: true, force: true });
    return codes.flatMap(([name, code]) => (code === 0 ? [] : [`${name} ended with ${code ?? 'a signal'}`]));
  }
}
