import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const shortened = /^(?:http|nest|engine|messages|sql|typeorm|leased|pg|testing)\//;

it('names, for what the official packages do, specs that are there, or the reason why not', async () => {
  const table = await readFile(join(root, 'docs/idempotency/official-packages.md'), 'utf8');
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| behaviour'));
  expect(rows.length).toBeGreaterThan(90);
  const named = rows.flatMap((row) =>
    [...row.matchAll(/`([\w./-]+\.spec\.ts)`/g)].map(([, path = '']) => path),
  );
  const absent = named.filter(
    (path) => !existsSync(join(root, shortened.test(path) ? 'libs/idempotency/src' : '.', path)),
  );
  expect(absent).toEqual([]);
  const neither = rows.filter((row) => !/\.spec\.ts`|declined|workshop/.test(row));
  expect(neither).toEqual([]);
});
