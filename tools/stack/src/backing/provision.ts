import pg from 'pg';
import type { Passwords } from './passwords.js';

export interface DatabaseUrls {
  readonly order: string;
  readonly inventory: string;
}

const { escapeIdentifier, escapeLiteral } = pg;

/**
 * A database for each service, owned by a role that may enter no other service's: it may lock its tables, end its own
 * backends and create databases, and it is no superuser. What is there already is left as it is.
 * @param superuserUrl of the database `postgres`
 * @param fresh drops the databases first
 * @param prefix of the names of roles and databases: `semel_order`, `semel_inventory`
 */
export async function provision(
  superuserUrl: string,
  passwords: Passwords,
  fresh: boolean,
  prefix = 'semel',
): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  const urlOf = async (service: keyof DatabaseUrls) => {
    const name = `${prefix}_${service}`;
    await provisionOne(client, name, passwords[service], fresh);
    const url = new URL(superuserUrl);
    url.username = name;
    url.password = passwords[service];
    url.pathname = `/${name}`;
    return url.toString();
  };
  try {
    return { order: await urlOf('order'), inventory: await urlOf('inventory') };
  } finally {
    await client.end();
  }
}

async function provisionOne(
  client: pg.Client,
  name: string,
  password: string,
  fresh: boolean,
): Promise<void> {
  const role = escapeIdentifier(name);
  if (fresh) await client.query(`DROP DATABASE IF EXISTS ${role} WITH (FORCE)`);
  const roles = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (roles.rowCount === 0) await client.query(`CREATE ROLE ${role}`);
  await client.query(`ALTER ROLE ${role} LOGIN CREATEDB PASSWORD ${escapeLiteral(password)}`);
  const databases = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
  await client.query(`REVOKE ALL ON DATABASE ${role} FROM PUBLIC`);
}

/**
 * Empties a database that is not ours to drop: every table, type and function of the schema that its role works in.
 * @returns the schema's name
 */
export async function emptyDatabase(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ schema: string | null }>('SELECT current_schema() AS schema');
    const schema = rows[0]?.schema ?? 'public';
    await client.query(`DROP SCHEMA IF EXISTS ${escapeIdentifier(schema)} CASCADE`);
    await client.query(`CREATE SCHEMA ${escapeIdentifier(schema)}`);
    return schema;
  } finally {
    await client.end();
  }
}
