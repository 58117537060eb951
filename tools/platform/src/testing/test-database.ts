import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { uniqueName } from './unique-name.js';

export const postgresVariable = 'SEMEL_TEST_POSTGRES_URL';
/** Names the run, so that a template of an earlier run on the same server is never mistaken for this one's. */
export const runVariable = 'SEMEL_TEST_RUN';

export interface TestDatabase {
  /** The superuser's URL. */
  readonly url: string;
  readonly name: string;
  /**
   * Drops the database. @throws Error when connections to it are still open a moment after the test has closed its
   * pools: that is a leak in what was tested.
   */
  drop(): Promise<void>;
}

/**
 * A database of the spec file's own, cloned from a template that `migrate` fills once a run. Spec files in other jest
 * workers may ask for the same template at the same time.
 * @param migrate is given the URL of the empty template and must have closed its connections when it resolves
 * @param templateName lower-case letters, digits and dashes
 */
export async function createTestDatabase(
  migrate: (url: string) => Promise<void> = async () => {},
  templateName = 'empty',
): Promise<TestDatabase> {
  const template = `${runPrefix()}template-${templateName}`;
  const name = uniqueName(`${runPrefix()}${templateName}`);
  await asSuperuser(async (client) => {
    await ensureTemplate(client, template, migrate);
    await client.query(`CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(template)}`);
  });
  return { name, url: urlOf(name), drop: () => dropDatabase(name) };
}

/** Every database of this run begins so. */
export function runPrefix(): string {
  return `semel-test-${process.env[runVariable] ?? 'manual'}-`;
}

/** The lock serialises the workers; the rename makes a template appear whole or not at all. */
async function ensureTemplate(
  client: pg.Client,
  template: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  const lock = createHash('sha256').update(template).digest().readBigInt64BE(0).toString();
  await client.query('SELECT pg_advisory_lock($1)', [lock]);
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount !== 0) return;
    const nursery = `${template}-making`;
    await client.query(`DROP DATABASE IF EXISTS ${quoted(nursery)} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${quoted(nursery)}`);
    await migrate(urlOf(nursery));
    await leftOpen(client, nursery);
    await client.query(`ALTER DATABASE ${quoted(nursery)} RENAME TO ${quoted(template)}`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [lock]);
  }
}

async function dropDatabase(name: string): Promise<void> {
  await asSuperuser(async (client) => {
    const leaks = await leftOpen(client, name);
    await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
    if (leaks.length > 0)
      throw new Error(`${leaks.length} connection(s) to ${name} were left open: ${leaks.join('; ')}`);
  });
}

/** What still is connected three seconds after everything should have been closed: a server notices a closed socket late. */
async function leftOpen(client: pg.Client, database: string): Promise<string[]> {
  const deadline = Date.now() + 3_000;
  for (;;) {
    const { rows } = await client.query<{ application_name: string; state: string | null; query: string }>(
      'SELECT application_name, state, query FROM pg_stat_activity WHERE datname = $1',
      [database],
    );
    if (rows.length === 0 || Date.now() > deadline) {
      return rows.map(
        (row) => `${row.application_name || 'unnamed'} ${row.state ?? ''} after ${row.query.slice(0, 80)}`,
      );
    }
    await delay(20);
  }
}

export async function asSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: superuserUrl(),
    application_name: 'semel-test-databases',
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function superuserUrl(): string {
  const url = process.env[postgresVariable];
  if (url === undefined || url === '') {
    throw new Error(
      'No PostgreSQL was started for this run: a spec that needs one is named *.int.spec.ts or *.e2e.spec.ts.',
    );
  }
  return url;
}

function urlOf(database: string): string {
  const url = new URL(superuserUrl());
  url.pathname = `/${database}`;
  return url.toString();
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
