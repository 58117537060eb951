import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type KafkaServer, startKafka } from '@semel/platform';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import pg from 'pg';
import { send } from './client.js';
import { ServiceInstance } from './service-instance.js';

const root = resolve(__dirname, '..');
const issuer = 'https://issuer.test';
const audience = 'semel';

export type ServiceName = 'order' | 'inventory';

const names = ['order', 'inventory'] as const;

/** The shop, whole: both services as processes of their own, as many as are wanted, a database each, a broker of its own. */
export class RunningShop {
  private constructor(
    private readonly folder: string,
    private broker: KafkaServer,
    private readonly databases: Readonly<Record<ServiceName, TestDatabase>>,
    private readonly pools: Readonly<Record<ServiceName, pg.Pool>>,
    readonly instances: Readonly<Record<ServiceName, readonly ServiceInstance[]>>,
    private readonly sign: (sub: string, roles: readonly string[]) => Promise<string>,
  ) {}

  /** @param settings more variables of every service */
  static async start({
    instances = 1,
    settings = {} as Readonly<Record<string, string>>,
  } = {}): Promise<RunningShop> {
    const folder = await mkdtemp(join(tmpdir(), 'semel-e2e-'));
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'e2e', alg: 'ES256', use: 'sig' }] };
    await writeFile(join(folder, 'jwks.json'), JSON.stringify(jwks));
    const [broker, order, inventory] = await Promise.all([
      startBroker(folder),
      createTestDatabase((url) => migrate('order', url), 'e2e-order'),
      createTestDatabase((url) => migrate('inventory', url), 'e2e-inventory'),
    ]);
    const databases = { order, inventory };
    const processOf = async (name: ServiceName, number: number): Promise<ServiceInstance> => {
      const instance = number === 1 ? name : `${name}-${number}`;
      const environment = {
        DATABASE_URL: databases[name].url,
        KAFKA_BROKERS: broker.brokers,
        AUTH_JWKS: `file://${folder}/jwks.json`,
        AUTH_ISSUER: issuer,
        AUTH_AUDIENCE: audience,
        ...settings,
      };
      return new ServiceInstance({
        name: instance,
        program: programOf(name, 'main'),
        port: await freePort(),
        environment,
        logFile: join(folder, `${instance}.log`),
      });
    };
    const processesOf = (name: ServiceName) =>
      Promise.all(Array.from({ length: instances }, (_, index) => processOf(name, index + 1)));
    const shop = new RunningShop(
      folder,
      broker,
      databases,
      { order: pool(order), inventory: pool(inventory) },
      { order: await processesOf('order'), inventory: await processesOf('inventory') },
      (sub, roles) =>
        new SignJWT({ roles })
          .setProtectedHeader({ alg: 'ES256', kid: 'e2e' })
          .setSubject(sub)
          .setIssuer(issuer)
          .setAudience(audience)
          .setExpirationTime('1h')
          .sign(privateKey),
    );
    await Promise.all(shop.processes.map((one) => one.start()));
    return shop;
  }

  /** The first instance of each service. */
  get services(): Readonly<Record<ServiceName, ServiceInstance>> {
    const { order, inventory } = this.instances;
    return { order: first(order), inventory: first(inventory) };
  }

  get processes(): ServiceInstance[] {
    return names.flatMap((name) => this.instances[name]);
  }

  token(sub: string, ...roles: string[]): Promise<string> {
    return this.sign(sub, roles);
  }

  /** A product of the catalogue that costs 1 euro, and its stock. */
  async newSku(sku: string, available: number): Promise<void> {
    const answer = await send(this.services.inventory.url, {
      method: 'PUT',
      path: `/stock/${sku}`,
      token: await this.token('olga', 'operator'),
      body: { available },
    });
    if (answer.status !== 200)
      throw new Error(`The stock of ${sku} was not set: ${answer.status} ${answer.text}`);
    await this.rows(
      'order',
      "INSERT INTO product (sku, name, unit_price, currency) VALUES ($1, $1, 100, 'EUR') ON CONFLICT DO NOTHING",
      [sku],
    );
  }

  get brokers(): string {
    return this.broker.brokers;
  }

  /** The broker dies as by a power cut: nothing flushed, no goodbye to its clients. */
  async killBroker(): Promise<void> {
    process.kill(this.broker.pid, 'SIGKILL');
    await this.broker.exited;
  }

  /** The same broker again, with what it had on disk. Resolves once it answers. */
  async reviveBroker(): Promise<void> {
    this.broker = await startBroker(this.folder, this.broker.port);
  }

  async rows<Row extends pg.QueryResultRow>(
    service: ServiceName,
    sql: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pools[service].query<Row>(sql, values)).rows;
  }

  /** Where each service's database is, as `stack -- env` prints it. */
  get databaseVariables(): Record<string, string> {
    const { order, inventory } = this.databases;
    return { ORDER_DATABASE_URL: order.url, INVENTORY_DATABASE_URL: inventory.url };
  }

  /** What a service has logged so far. */
  async logLines(service: ServiceName): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(this.folder, `${service}.log`), 'utf8');
    return text
      .split('\n')
      .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []));
  }

  /** The last warnings of every instance, a line each. */
  async warnings(): Promise<string[]> {
    const files = (await readdir(this.folder)).filter((name) => /^(order|inventory).*\.log$/.test(name));
    const texts = await Promise.all(files.map((name) => readFile(join(this.folder, name), 'utf8')));
    return texts.flatMap((text) => {
      const lines = text.split('\n').filter((line) => /"level":"(warn|error|fatal)"/.test(line));
      return lines.slice(-8).map((line) => line.slice(0, 400));
    });
  }

  /** @returns the exit codes of the first instances of the two services */
  async stop(): Promise<Record<ServiceName, number | null>> {
    await Promise.all(this.processes.map((one) => one.stop()));
    const [order, inventory] = await Promise.all([
      this.services.order.ended(),
      this.services.inventory.ended(),
    ]);
    await Promise.all([this.pools.order.end(), this.pools.inventory.end()]);
    await this.broker.stop();
    await Promise.all([this.databases.order.drop(), this.databases.inventory.drop()]);
    await rm(this.folder, { recursive: true, force: true });
    return { order, inventory };
  }
}

function startBroker(folder: string, port?: number): Promise<KafkaServer> {
  return startKafka({
    logDirectory: join(folder, 'kafka', 'data'),
    logFile: join(folder, 'kafka.log'),
    cache: join(root, '.semel', 'downloads'),
    heapMegabytes: 320,
    ...(port !== undefined && { port }),
  });
}

function programOf(service: ServiceName, program: string): string {
  return join(root, 'apps', service, 'dist', `${program}.js`);
}

async function migrate(service: ServiceName, url: string): Promise<void> {
  await promisify(execFile)(process.execPath, [programOf(service, 'migrate'), '--seed'], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: url },
  });
}

function first(processes: readonly ServiceInstance[]): ServiceInstance {
  const [process] = processes;
  if (process === undefined) throw new Error('a shop has at least one instance of each service');
  return process;
}

function pool({ url }: TestDatabase): pg.Pool {
  return new pg.Pool({ connectionString: url, max: 2 });
}
