import type { z } from 'zod';
import type { databaseVariables } from './variables.js';

/** How to reach the service's database, as TypeORM's options of type `postgres` have it. */
export interface PostgresConnection {
  readonly type: 'postgres';
  /** With `sslmode` and its certificates, which the driver reads from here. */
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
}

type DatabaseSettings = {
  readonly [Name in keyof typeof databaseVariables]: z.output<(typeof databaseVariables)[Name]>;
};

/** @param applicationName what `pg_stat_activity` shows of this process, 63 bytes of it at most */
export function postgresConnection(settings: DatabaseSettings, applicationName: string): PostgresConnection {
  return {
    type: 'postgres',
    url: settings.DATABASE_URL,
    poolSize: settings.DATABASE_POOL_SIZE,
    applicationName: applicationName.slice(0, 63),
  };
}
