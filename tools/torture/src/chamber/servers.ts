import { join } from 'node:path';
import { type KafkaServer, type PostgresServer, startKafka, startPostgres } from '@semel/platform';
import pg from 'pg';
import { root } from '../folders.js';

export interface Door {
  readonly name: string;
  readonly port: number;
  readonly advertisedPort: number;
}

/** PostgreSQL and Kafka, which can die and come back with what they had on disk. */
export class Servers {
  private kafkaWork: Promise<void> | undefined;
  private postgresWork: Promise<void> | undefined;

  private constructor(
    private readonly folder: string,
    private readonly doors: readonly Door[],
    private postgres: PostgresServer,
    /** Where somebody needs it. */
    private kafka: KafkaServer | undefined,
  ) {}

  static async start(folder: string, doors: readonly Door[]): Promise<Servers> {
    const [postgres, kafka] = await Promise.all([
      runPostgres(folder),
      doors.length > 0 ? runKafka(folder, doors) : undefined,
    ]);
    return new Servers(folder, doors, postgres, kafka);
  }

  get postgresPort(): number {
    return this.postgres.port;
  }

  databaseUrl(name: string): string {
    return this.postgres.url(name);
  }

  /** The broker's own door, past all links. */
  get brokers(): string {
    return this.kafka?.brokers ?? '';
  }

  /** As by a power cut: no checkpoint, no goodbye. Resolves when it answers again. @returns false where it is dead already */
  async restartPostgres(): Promise<boolean> {
    if (this.postgresWork !== undefined) return false;
    this.postgresWork = (async () => {
      process.kill(this.postgres.pid, 'SIGQUIT');
      await this.postgres.exited;
      this.postgres = await runPostgres(this.folder, this.postgres.port);
    })().finally(() => {
      this.postgresWork = undefined;
    });
    await this.postgresWork;
    return true;
  }

  /** kill -9. Resolves when it answers again. @returns false where it is dead already, or not there */
  async restartKafka(): Promise<boolean> {
    const { kafka } = this;
    if (this.kafkaWork !== undefined || kafka === undefined) return false;
    this.kafkaWork = (async () => {
      process.kill(kafka.pid, 'SIGKILL');
      await kafka.exited;
      this.kafka = await runKafka(this.folder, this.doors, kafka.port);
    })().finally(() => {
      this.kafkaWork = undefined;
    });
    await this.kafkaWork;
    return true;
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.kafkaWork, this.postgresWork]);
    await Promise.all([this.kafka?.stop(), this.postgres.stop()]);
  }
}

function runPostgres(folder: string, port?: number): Promise<PostgresServer> {
  return startPostgres({
    dataDirectory: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    settings: { max_connections: '300' },
    ...(port !== undefined && { port }),
  });
}

function runKafka(folder: string, listeners: readonly Door[], port?: number): Promise<KafkaServer> {
  return startKafka({
    logDirectory: join(folder, 'kafka', 'data'),
    logFile: join(folder, 'kafka.log'),
    cache: join(root, '.semel', 'downloads'),
    heapMegabytes: 320,
    listeners,
    ...(port !== undefined && { port }),
  });
}

/** @returns its URL */
export async function emptyDatabase(servers: Servers, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: servers.databaseUrl('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  await admin.end();
  return servers.databaseUrl(name);
}
