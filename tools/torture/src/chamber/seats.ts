import { join } from 'node:path';
import { freePort, PlatformError, runToEnd, TcpLink } from '@semel/platform';
import { root } from '../folders.js';
import { Instance, preload } from './instance.js';
import { type Door, emptyDatabase, type Servers } from './servers.js';
import { isPublisher, programs, type ServiceName } from './services.js';

interface Seat {
  readonly service: ServiceName;
  /** e.g. order-1 */
  readonly name: string;
}

interface LinkedDoor extends Door {
  readonly seat: string;
  readonly link: TcpLink;
}

/** The broker has to be told the port of each instance's link, and the link the port of its door. */
export async function makeDoors(seats: readonly Seat[]): Promise<LinkedDoor[]> {
  const doors: LinkedDoor[] = [];
  for (const { service, name } of seats) {
    if (!isPublisher(service)) continue;
    const port = await freePort();
    const link = new TcpLink(`${name} kafka`, port);
    const door = name.toUpperCase().replace('-', '');
    doors.push({ seat: name, name: door, link, port, advertisedPort: await link.listen() });
  }
  return doors;
}

export interface Furniture {
  readonly names: readonly Seat[];
  readonly doors: readonly LinkedDoor[];
  readonly servers: Servers;
  readonly folder: string;
  /** Is given every link that is made. */
  readonly links: TcpLink[];
  readonly plant: string | undefined;
  /** Of every service: whose tokens are good. */
  readonly environment: Readonly<Record<string, string>>;
  readonly providerPort: number | undefined;
}

/** The instances, with their databases and links. None is started. */
export async function furnish(furniture: Furniture): Promise<Instance[]> {
  const { names, servers, folder, links, plant } = furniture;
  const services = [...new Set(names.map(({ service }) => service))];
  const urls = new Map(
    await Promise.all(
      services.map(async (service) => [service, await migratedDatabase(servers, service)] as const),
    ),
  );
  const instances: Instance[] = [];
  for (const seat of names) {
    const { service, name } = seat;
    const { folder: program, probe } = programs[service];
    const port = await freePort();
    const http = new TcpLink(`${name} http`, port);
    const publicPort = await http.listen();
    const postgres = new TcpLink(`${name} postgres`, servers.postgresPort);
    const url = new URL(urls.get(service) ?? '');
    url.port = String(await postgres.listen());
    const { link: downstream, environment } = await downstreamOf(seat, furniture);
    links.push(http, postgres, downstream);
    instances.push(
      new Instance({
        name,
        service,
        program: join(root, program, 'main.js'),
        port,
        publicPort,
        probe,
        links: { http, postgres, downstream },
        logFile: join(folder, `${name}.log`),
        clockFile: join(folder, `${name}.clock`),
        preloads: plant === undefined ? [] : [preload('planted')],
        environment: {
          ...furniture.environment,
          ...environment,
          DATABASE_URL: url.href,
          ...(plant !== undefined && { PLANT: plant }),
        },
      }),
    );
  }
  return instances;
}

interface Downstream {
  readonly link: TcpLink;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a service needs besides its database: Kafka, or the payment provider. */
async function downstreamOf(
  { service, name }: Seat,
  { doors, providerPort }: Furniture,
): Promise<Downstream> {
  if (isPublisher(service)) {
    const door = doors.find(({ seat }) => seat === name);
    if (!door) throw new Error('A seat without a door.');
    return { link: door.link, environment: { KAFKA_BROKERS: `127.0.0.1:${door.advertisedPort}` } };
  }
  if (providerPort === undefined) throw new Error('Payments without a provider.');
  const link = new TcpLink(`${name} provider`, providerPort);
  return {
    link,
    environment: {
      PROVIDER_URL: `http://127.0.0.1:${await link.listen()}`,
      PROVIDER_TIMEOUT: '6000',
      // Most of what lasts lasts longer, and the patience with the provider too: whoever is held up goes on when another has what was his.
      LEASE_SECONDS: '1',
      // The pool has no name of its own in pg_stat_activity.
      PGAPPNAME: name,
    },
  };
}

/** A database with a service's tables, and its seed. @returns its URL */
async function migratedDatabase(servers: Servers, service: ServiceName): Promise<string> {
  const url = await emptyDatabase(servers, service);
  const { code, output } = await runToEnd(
    process.execPath,
    [join(root, programs[service].folder, 'migrate.js'), '--seed'],
    { env: { ...process.env, DATABASE_URL: url }, onLeash: true },
  );
  if (code !== 0)
    throw new PlatformError(`The migrations of ${service} failed: ${output.trim()}`, {
      code: 'torture-migrate',
    });
  return url;
}
