import type { Statement } from '../statement.js';

export interface DatabaseSettings {
  readonly isolation: string;
  readonly idle_timeout: string;
}

/** The settings that the engine's promises rest on, as this connection has them. */
export function readSettings(): Statement<DatabaseSettings> {
  return {
    text: `
      SELECT current_setting('default_transaction_isolation') AS isolation,
             (SELECT setting FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout') AS idle_timeout`,
  };
}
