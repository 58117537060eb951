import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, type Progress } from '@semel/platform';
import { Compose } from './backing/compose.js';
import { findKafka } from './backing/kafka.js';
import { kafkaClient } from './backing/kafka-client.js';
import { ensurePasswords } from './backing/passwords.js';
import { findPostgres } from './backing/postgres.js';
import type { DatabaseUrls } from './backing/provision.js';
import { claimClone, identify } from './clone-claim.js';
import { Control } from './control/control.js';
import type { Folders } from './folders.js';
import { migrate } from './migrate.js';
import { readLastState, StateFile } from './stack-state.js';
import { endLeftovers } from './supervision/leftovers.js';
import { choosePorts } from './supervision/ports.js';
import type { Launch, Watched } from './supervision/running.js';
import { serviceLaunch } from './supervision/service.js';
import { Supervised } from './supervision/supervised.js';
import type { Surroundings } from './surroundings.js';
import { programs, type Shop, tokenOf, urlOf } from './the-shop.js';
import { ensureKeys, signingKeyFile } from './tokens/signing-key.js';

export interface StackOptions {
  readonly folders: Folders;
  readonly env: NodeJS.ProcessEnv;
  readonly fresh: boolean;
  readonly instances: number;
  readonly say: (line: string) => void;
  readonly progress: Progress;
}

/** How long a first start may take to become ready before it is given up, in attempts of each service. */
const serviceAttempts = 4;

/** Longer than anybody lets a storm blow. */
const stormTokenHours = 24;

/** The whole shop on this machine: PostgreSQL, Kafka, order, inventory and the console, watched over. */
export class Stack {
  readonly services: Supervised[] = [];
  private readonly servers: Supervised[] = [];
  private readonly watched: Watched[] = [];
  private readonly endings: (() => Promise<void>)[] = [];
  private state: StateFile | undefined;
  private control: Control | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: StackOptions) {}

  /** Resolves when everything is ready. @throws PlatformError with one sentence for what stands in the way */
  async start(): Promise<Shop> {
    const { folders, env, fresh, instances, say, progress } = this.options;
    await this.openHome();
    const ports = await choosePorts(env);
    const jwks = await ensureKeys(join(folders.keys, signingKeyFile));
    const surroundings = await this.surroundings();
    // The databases are migrated while Kafka, the slower of the two, is on its way.
    const [databases, brokers] = await together(this.migrated(surroundings), findKafka(surroundings));
    this.control = await Control.open({
      databases,
      kafka: kafkaClient(brokers, env, 'semel-control'),
      orderUrl: `http://127.0.0.1:${ports.get('order')}`,
      tokenFor: (customer) => tokenOf(folders, { sub: customer }, stormTokenHours),
      processes: () => this.watched,
    });
    const { url, secret } = this.control;
    const control = { url, secret: secret.value };
    const shop: Shop = { folders, databases, brokers, jwks, ports, instances, control };
    progress('Starting order, inventory and the console');
    const starting = (await programs(shop)).map((program) => {
      const service = this.supervise(program.name, serviceLaunch(program), serviceAttempts);
      this.services.push(service);
      return service.start();
    });
    await Promise.all(starting);
    if (this.state !== undefined) this.state.environment = outsideEnvironment(shop);
    await this.state?.write();
    if (fresh) say('Started from empty data.');
    return shop;
  }

  /** Ends everything that it started, and nothing else. May be called at any moment, and more than once. */
  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async migrated(surroundings: Surroundings): Promise<DatabaseUrls> {
    const databases = await findPostgres(surroundings);
    this.options.progress('Migrating and seeding the databases');
    const { root } = this.options.folders;
    await together(migrate(root, 'order', databases.order), migrate(root, 'inventory', databases.inventory));
    return databases;
  }

  get isStopping(): boolean {
    return this.stopped !== undefined;
  }

  /** The services drain while what they depend on is still there. */
  private async end(): Promise<void> {
    this.control?.calm();
    const isService = (server: Supervised) => this.services.includes(server);
    await Promise.all(this.servers.filter(isService).map((server) => server.stop()));
    await this.control?.close();
    const rest = this.servers.filter((server) => !isService(server));
    await Promise.all([...rest.map((server) => server.stop()), ...this.endings.map((end) => end())]);
    await this.state?.close();
    await this.release();
  }

  private release: () => Promise<void> = async () => {};

  private async openHome(): Promise<void> {
    const { folders, fresh, say } = this.options;
    await mkdir(folders.home, { recursive: true });
    // PostgreSQL's own user passes through; nobody may list it.
    await chmod(folders.home, 0o711);
    this.release = await claimClone(join(folders.home, 'stack.lock'));
    for (const name of await endLeftovers(await readLastState(folders.stateFile))) {
      say(`Ended ${name}, left running by a stack that was killed.`);
    }
    if (fresh) await rm(folders.logs, { recursive: true, force: true });
    for (const folder of [folders.data, folders.downloads])
      await mkdir(folder, { recursive: true, mode: 0o755 });
    for (const folder of [folders.logs, folders.keys]) await mkdir(folder, { recursive: true, mode: 0o700 });
    const me = await identify(process.pid);
    if (me === undefined) throw new Error('This process is not listed by the system.');
    let full = false;
    this.state = new StateFile(
      folders.stateFile,
      me,
      () => this.watched,
      (error) => {
        if (!full)
          say(`${folders.stateFile} can't be written (${String(error)}): npm run stack will tell old news.`);
        full = true;
      },
    );
    await this.state.write();
  }

  private async surroundings(): Promise<Surroundings> {
    const { folders, env, fresh, say, progress } = this.options;
    const passwords = await ensurePasswords(folders.keys);
    let compose: Promise<Compose> | undefined;
    return {
      folders,
      env,
      passwords,
      fresh,
      say,
      progress,
      compose: () => {
        compose ??= Compose.connect(folders.root, passwords);
        return compose;
      },
      supervise: (name, launch, attempts) => this.supervise(name, launch, attempts),
      show: (watched, stop) => {
        this.watched.push(watched);
        if (stop !== undefined) this.endings.push(stop);
      },
    };
  }

  private supervise(name: string, launch: Launch, attempts: number): Supervised {
    if (this.isStopping)
      throw new PlatformError(`The stack stopped before it came to ${name}.`, { code: 'stopped' });
    const server = new Supervised({
      name,
      launch,
      attempts,
      say: this.options.say,
      onChange: () => void this.state?.write(),
    });
    this.servers.push(server);
    this.watched.push(server);
    return server;
  }
}

/** What `stack -- env` prints. */
function outsideEnvironment(shop: Shop): Record<string, string> {
  return {
    ORDER_URL: urlOf(shop, 'order'),
    INVENTORY_URL: urlOf(shop, 'inventory'),
    CONSOLE_URL: urlOf(shop, 'console'),
    ORDER_DATABASE_URL: shop.databases.order,
    INVENTORY_DATABASE_URL: shop.databases.inventory,
    KAFKA_BROKERS: shop.brokers,
  };
}

/** Both, or the failure of the first that failed once the other has come to its end too: nothing goes on unseen. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
