import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { PoolConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { OutboxOptionsError } from '../errors.js';

/** How to reach the database of a TypeORM DataSource, for the relay's own connections to it. */
export function poolConfigOf({ options }: DataSource): PoolConfig {
  if (options.type !== 'postgres') {
    throw new OutboxOptionsError(
      'database',
      options.type,
      'the outbox needs a DataSource of type "postgres".',
    );
  }
  const server = options.replication?.master ?? options;
  const { url, host, port, username, password, database, ssl } = server;
  const extra: PoolConfig = options.extra ?? {};
  const tls = tlsOf(ssl);
  return {
    ...(extra.options && { options: extra.options }),
    ...(extra.ssl && { ssl: extra.ssl }),
    ...(url && { connectionString: url }),
    ...(host && { host }),
    ...(port && { port }),
    ...(username && { user: username }),
    ...(password && { password }),
    ...(database && { database }),
    ...(tls !== undefined && { ssl: tls }),
  };
}

/** TypeORM types the options of a server; those of a client differ in how a pre-shared key is asked for. */
function tlsOf(ssl: boolean | TlsOptions | undefined): boolean | ConnectionOptions | undefined {
  if (typeof ssl !== 'object') return ssl;
  const { pskCallback, ...options } = ssl;
  return options;
}
