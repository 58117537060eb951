import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Authority,
  freePort,
  type KafkaServer,
  makeAuthority,
  PlatformError,
  type PostgresServer,
  runToEnd,
  ServiceProcess,
  startKafka,
  startPostgres,
} from '@semel/platform';
import pg from 'pg';
import { cpuOf, cpuOfFamily } from './cpu.js';
import { root } from './folders.js';

export type Service = 'order' | 'inventory';

export interface Launch {
  readonly name: string;
  /** A service, or the name of a program in baselines/. */
  readonly program: Service | { readonly baseline: string };
  readonly database?: Database;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

export interface Database {
  readonly url: string;
  readonly pool: pg.Pool;
}

/** A PostgreSQL and a Kafka of this run's own, and what was started on them. Durability is as both ship it. */
export class Stage {
  private readonly programs: ServiceProcess[] = [];
  private readonly pools: pg.Pool[] = [];
  private kafka: KafkaServer | undefined;

  private constructor(
    readonly folder: string,
    readonly postgres: PostgresServer,
    readonly authority: Authority,
    readonly say: (line: string) => void,
  ) {}

  static async open(say: (line: string) => void): Promise<Stage> {
    const home = join(root, '.semel');
    const folder = join(home, `bench-${process.pid}`);
    // PostgreSQL may run as another user, who has to pass through on his way to his own folder.
    await mkdir(home, { recursive: true, mode: 0o711 });
    await mkdir(folder, { mode: 0o711 });
    const postgres = await startPostgres({
      dataDirectory: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      settings: { max_connections: '300' },
      onProgress: say,
    });
    return new Stage(folder, postgres, await makeAuthority(folder), say);
  }

  /** A database with a service's tables, and products or stock in it. */
  async database(name: string, service: Service): Promise<Database> {
    const admin = new pg.Client({ connectionString: this.postgres.url('postgres') });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    await admin.end();
    const url = this.postgres.url(name);
    const program = join(root, 'apps', service, 'dist', 'migrate.js');
    const { code, output } = await runToEnd(process.execPath, [program, '--seed'], {
      env: { ...process.env, DATABASE_URL: url },
      onLeash: true,
    });
    if (code !== 0) {
      throw new PlatformError(`The migrations of ${service} failed: ${output.trim()}`, {
        code: 'bench-migrate',
      });
    }
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    // An idle connection that is lost, as when the server stops, is not this program's end; a query would tell.
    pool.on('error', () => undefined);
    this.pools.push(pool);
    return { url, pool };
  }

  async brokers(): Promise<string> {
    this.kafka ??= await startKafka({
      logDirectory: join(this.folder, 'kafka', 'data'),
      logFile: join(this.folder, 'kafka.log'),
      cache: join(root, '.semel', 'downloads'),
      onProgress: this.say,
    });
    return this.kafka.brokers;
  }

  async launch({ name, program, database, environment, nodeOptions = [] }: Launch): Promise<ServiceProcess> {
    const file =
      typeof program === 'string'
        ? join(root, 'apps', program, 'dist', 'main.js')
        : join(root, 'tools', 'bench', 'dist', 'baselines', `${program.baseline}.js`);
    const started = await ServiceProcess.spawn({
      name,
      program: file,
      port: await freePort(),
      logFile: join(this.folder, `${name}.log`),
      nodeOptions,
      environment: {
        ...this.authority.environment,
        KAFKA_BROKERS: await this.brokers(),
        DATABASE_URL: database?.url ?? this.postgres.url('postgres'),
        ...environment,
      },
    });
    this.programs.push(started);
    return started.ready();
  }

  async stopProgram(program: ServiceProcess): Promise<void> {
    await program.stop();
    this.programs.splice(this.programs.indexOf(program), 1);
  }

  /** Microseconds of CPU time that PostgreSQL has used so far. */
  get postgresCpu(): number | undefined {
    return cpuOfFamily(this.postgres.pid);
  }

  get kafkaCpu(): number | undefined {
    return this.kafka && cpuOf(this.kafka.pid);
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    await Promise.all(this.pools.map((pool) => pool.end()));
    await this.kafka?.stop();
    await this.postgres.stop();
    if (process.env.SEMEL_BENCH_KEEP === undefined) await rm(this.folder, { recursive: true, force: true });
  }
}
