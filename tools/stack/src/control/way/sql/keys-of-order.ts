import type { Statement } from '../../database.js';

/** A row of an idempotency table, without the stored answer. */
export interface KeyRow {
  readonly scope: string;
  readonly key: string;
  readonly status: string;
  readonly method: string | null;
  readonly path: string | null;
  readonly createdAt: Date;
  readonly processedAt: Date | null;
  readonly expiresAt: Date;
  readonly responseStatus: number | null;
}

const columns = `scope, key, status, method, path, created_at AS "createdAt", processed_at AS "processedAt",
             expires_at AS "expiresAt", response_status AS "responseStatus"`;

/** The key that a customer's order was placed with: its answer names the order. */
export function keyThatPlaced(orderId: string): Statement<KeyRow> {
  return {
    text: `
      SELECT ${columns} FROM idempotency_key
      WHERE scope = (SELECT 'caller:' || customer_id FROM orders WHERE id = $1::uuid)
        AND response_headers LIKE '%/orders/' || $1 || '%' AND response_status = 201`,
    values: [orderId],
  };
}

/** What consumers have noted of an order's events: one row an event, however often it came. */
export function keysOfEvents(orderId: string, scopes: readonly string[]): Statement<KeyRow> {
  return {
    text: `SELECT ${columns} FROM idempotency_key WHERE scope = ANY ($1::text[]) AND key = $2 ORDER BY created_at`,
    values: [scopes, orderId],
  };
}

/** The newest rows: those that live longest. */
export function newestKeys(limit: number): Statement<KeyRow> {
  return {
    text: `SELECT ${columns} FROM idempotency_key ORDER BY expires_at DESC LIMIT $1`,
    values: [limit],
  };
}

/** Operations that run now: their key is a lock, not a row, until they commit. */
export function countReceived(): Statement<{ readonly received: number }> {
  return {
    text: `
      SELECT count(DISTINCT pid)::int AS received FROM pg_locks
      WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  };
}

/** Every row of this key, whatever its scope: for a person who searches, at the price of reading the whole index. */
export function keysCalled(key: string, limit: number): Statement<KeyRow> {
  return {
    text: `SELECT ${columns} FROM idempotency_key WHERE key = $1 ORDER BY created_at LIMIT $2`,
    values: [key, limit],
  };
}
