import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, freePort, makeAuthority, PlatformError, runToEnd } from '@semel/platform';
import kafkajs from 'kafkajs';
import pg from 'pg';
import type { ServiceName } from '../faults/schedule.js';
import { root } from '../folders.js';
import { Instance } from './instance.js';
import { type Door, Servers } from './servers.js';
import { TcpLink } from './tcp-link.js';

export const services: readonly ServiceName[] = ['order', 'inventory'];

export interface ChamberOptions {
  /** Of each service. */
  readonly instances: number;
  /** A bug to plant into every service. */
  readonly plant?: string;
  readonly say: (line: string) => void;
}

/** A shop of this run's own, every cable of which can be hurt. */
export class Chamber {
  private constructor(
    readonly folder: string,
    readonly servers: Servers,
    readonly instances: readonly Instance[],
    private readonly authority: Authority,
    private readonly links: readonly TcpLink[],
  ) {}

  static async open({ instances, plant, say }: ChamberOptions): Promise<Chamber> {
    const home = join(root, '.semel');
    const folder = join(home, `torture-${process.pid}`);
    // PostgreSQL may run as another user, who has to pass through on his way to his own folder.
    await mkdir(home, { recursive: true, mode: 0o711 });
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o711 });
    const authority = await makeAuthority(folder);
    const seats = services.flatMap((service) =>
      Array.from({ length: instances }, (_, index) => ({ service, name: `${service}-${index + 1}` })),
    );
    const links: TcpLink[] = [];
    // The broker has to be told the port of each instance's link, and the link the port of its door.
    const doors: (Door & { readonly name: string })[] = [];
    for (const { name } of seats) {
      const port = await freePort();
      const link = new TcpLink(`${name} kafka`, port);
      links.push(link);
      doors.push({ name: name.toUpperCase().replace('-', ''), port, advertisedPort: await link.listen() });
    }
    say(`Starting PostgreSQL and Kafka with a door for each of ${seats.length} services …`);
    const servers = await Servers.start(folder, doors);
    const urls: Record<ServiceName, string> = {
      order: await database(servers, 'order'),
      inventory: await database(servers, 'inventory'),
    };
    const all: Instance[] = [];
    for (const [index, { service, name }] of seats.entries()) {
      const kafka = links[index];
      const door = doors[index];
      if (!kafka || !door) throw new Error('A seat without a door.');
      const port = await freePort();
      const http = new TcpLink(`${name} http`, port);
      const publicPort = await http.listen();
      const postgres = new TcpLink(`${name} postgres`, servers.postgresPort);
      const url = new URL(urls[service]);
      url.port = String(await postgres.listen());
      links.push(http, postgres);
      all.push(
        new Instance({
          name,
          service,
          program: join(root, 'apps', service, 'dist', 'main.js'),
          port,
          publicPort,
          links: { http, postgres, kafka },
          logFile: join(folder, `${name}.log`),
          clockFile: join(folder, `${name}.clock`),
          preloads: [preload('shifted-clock'), ...(plant === undefined ? [] : [preload('planted')])],
          environment: {
            ...authority.environment,
            DATABASE_URL: url.href,
            KAFKA_BROKERS: `127.0.0.1:${door.advertisedPort}`,
            ...(plant !== undefined && { PLANT: plant }),
          },
        }),
      );
    }
    const chamber = new Chamber(folder, servers, all, authority, links);
    for (const instance of all) instance.start();
    say('Waiting for the services …');
    const patience = AbortSignal.timeout(90_000);
    await Promise.all(all.map((instance) => instance.ready(patience)));
    return chamber;
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
    service: ServiceName,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({
      connectionString: this.servers.databaseUrl(service),
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
      this.instances.map(async (instance) => [instance.name, await instance.stop()] as const),
    );
    for (const link of this.links) link.close();
    await this.servers.stop();
    if (!keep) await rm(this.folder, { recursive: true, force: true });
    return codes.flatMap(([name, code]) => (code === 0 ? [] : [`${name} ended with ${code ?? 'a signal'}`]));
  }
}

function preload(name: string): string {
  return new URL(`../preload/${name}.js`, import.meta.url).href;
}

/** An empty database with a service's tables, and its seed. @returns its URL */
async function database(servers: Servers, service: ServiceName): Promise<string> {
  const admin = new pg.Client({ connectionString: servers.databaseUrl('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(service)}`);
  await admin.end();
  const url = servers.databaseUrl(service);
  const { code, output } = await runToEnd(
    process.execPath,
    [join(root, 'apps', service, 'dist', 'migrate.js'), '--seed'],
    { env: { ...process.env, DATABASE_URL: url }, onLeash: true },
  );
  if (code !== 0)
    throw new PlatformError(`The migrations of ${service} failed: ${output.trim()}`, {
      code: 'torture-migrate',
    });
  return url;
}
