import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asyncApiDocument } from './asyncapi.js';

const file = join(__dirname, '../../../docs/asyncapi.json');

it('is committed as it is generated: npm run asyncapi writes it anew', async () => {
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
});

it('is a valid AsyncAPI document', async () => {
  const program = join(__dirname, 'testing/validate-asyncapi.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, file]);
  expect(JSON.parse(stdout)).toEqual([]);
});
