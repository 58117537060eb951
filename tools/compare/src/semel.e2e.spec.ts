import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createTestDatabase } from '@semel/platform/testing';
import { semel } from './contestants.js';
import { play } from './play.js';
import { scenarios } from './scenarios/index.js';

it('keeps every promise that it is compared by', async () => {
  const database = await createTestDatabase();
  const { findings } = await play(semel, semel.program, database.url, () => {});
  const told = findings.map(
    ({ verdict, seen }, index) => `${verdict}: ${scenarios[index]?.promise} (${seen})`,
  );
  expect(told.filter((line) => !line.startsWith('kept'))).toEqual([]);
  expect(told).toHaveLength(scenarios.length);
  await database.drop();
}, 300_000);

it('refuses a contestant that it does not know, in one sentence', () => {
  const program = join(__dirname, '..', 'compare.mjs');
  const { status, stderr } = spawnSync(process.execPath, [program, 'nobody'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining("'nobody' is invalid")]);
});
