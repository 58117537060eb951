import type { Statement } from './statement.js';

export function readClock(): Statement<{ readonly now: Date }> {
  return { text: 'SELECT statement_timestamp() AS now' };
}
