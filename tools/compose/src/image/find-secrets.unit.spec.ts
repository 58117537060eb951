import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findSecrets } from './find-secrets.js';

const names = /(?:^|\/)signing-key\.json$/;
const secret = 'cafe0123456789abcafe';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semel-layers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A layer as tar writes it. */
function layer(files: Readonly<Record<string, string>>): Buffer {
  const root = mkdtempSync(join(folder, 'layer-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return execFileSync('tar', ['-C', root, '-cf', '-', '.']);
}

/** An image as `docker save` writes it. */
function image(entries: Readonly<Record<string, Buffer | string>>): Buffer {
  const root = mkdtempSync(join(folder, 'image-'));
  for (const [name, content] of Object.entries(entries)) writeFileSync(join(root, name), content);
  return execFileSync('tar', ['-C', root, '-cf', '-', ...Object.keys(entries)], { maxBuffer: 2 ** 26 });
}

/** In pieces of a size that divides nothing. */
async function* inPieces(bytes: Buffer, size = 1_009): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const search = (bytes: Buffer, texts = [secret]) => findSecrets(inPieces(bytes), { texts, names });

it('finds nothing in an image that has no secret, and says how much it has looked at', async () => {
  const saved = image({ 'a.tar': layer({ 'app/main.js': 'run()' }), 'config.json': '{}' });
  const { layers, files, found } = await search(saved);
  expect({ layers, found }).toEqual({ layers: 1, found: [] });
  expect(files).toBeGreaterThanOrEqual(2);
});

it('finds a secret in a layer that a later one covers, wherever it lies in a file', async () => {
  for (const before of [0, 1_000, 1_009 * 3 - 500, 70_000]) {
    const saved = image({
      'a.tar': layer({ 'app/config': `${'x'.repeat(before)}${secret}` }),
      'b.tar': layer({ 'app/config': 'empty' }),
    });
    expect((await search(saved)).found).toEqual(['secret 1 in ./app/config']);
  }
});

it('looks into layers that are packed', async () => {
  const saved = image({ blob: gzipSync(layer({ 'app/config': secret })) });
  expect(await search(saved)).toMatchObject({ layers: 1, found: ['secret 1 in ./app/config'] });
});

it('looks into the configuration, where build arguments stay', async () => {
  const saved = image({
    'a.tar': layer({ a: '' }),
    'config.json': `{"history":[{"created_by":"ARG P=${secret}"}]}`,
  });
  expect((await search(saved)).found).toEqual(['secret 1 in config.json']);
});

it('finds a file by its name, also by a long one', async () => {
  const path = `app/${'deep/'.repeat(40)}signing-key.json`;
  const saved = image({ 'a.tar': layer({ [path]: '{}' }) });
  expect((await search(saved)).found).toEqual([`the file ./${path}`]);
});

it('never says the secret itself', async () => {
  const { found } = await search(image({ 'a.tar': layer({ a: secret }) }));
  expect(found.join()).not.toContain(secret);
});

it('reads what this repository is packed as, to the last byte', async () => {
  const readme = readFileSync(join(__dirname, '../../../../README.md'), 'utf8');
  const saved = image({ 'a.tar': layer({ 'README.md': readme }) });
  expect((await search(saved, [readme.slice(-40)])).found).toEqual(['secret 1 in ./README.md']);
});
