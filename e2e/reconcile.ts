import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningShop } from './running-shop.js';

export interface Found {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly explained: readonly { reason: string; count: number; examples: string[] }[];
  readonly counted: Readonly<Record<string, number>>;
  /** `kind subject`, sorted. */
  readonly rows: readonly string[];
}

/** The command as it is typed. */
export async function reconcile(shop: RunningShop, ...more: string[]): Promise<Found> {
  const file = join(tmpdir(), `semel-reconcile-${randomUUID()}.json`);
  const { ORDER_DATABASE_URL: order = '', INVENTORY_DATABASE_URL: inventory = '' } = shop.databaseVariables;
  const targets = ['--order-database', order, '--inventory-database', inventory, '--brokers', shop.brokers];
  const program = join(__dirname, '../tools/reconcile/reconcile.mjs');
  const run = await new Promise<Pick<Found, 'status' | 'stdout' | 'stderr'>>((resolve) => {
    execFile(process.execPath, [program, ...targets, '--json', file, ...more], (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  const text = await readFile(file, 'utf8').catch(() => '{}');
  await rm(file, { force: true });
  const { explained = [], counted = {}, disagreements = { rows: [] } } = JSON.parse(text);
  const rows = disagreements.rows.map(
    (row: { kind: string; subject: string }) => `${row.kind} ${row.subject}`,
  );
  return { ...run, explained, counted, rows: rows.sort() };
}
