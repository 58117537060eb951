import { applicationName, type Database, type Statement } from './database.js';

/** Ends every connection of the service to its database, in whatever transaction it is. @returns how many there were */
export async function cutConnections(database: Database): Promise<number> {
  const ended = await database.query(endBackends());
  return ended.length;
}

function endBackends(): Statement<{ readonly ended: boolean }> {
  return {
    text: `
      SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND application_name <> $1`,
    values: [applicationName],
  };
}
