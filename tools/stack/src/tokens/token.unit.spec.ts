import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { makeKeys, token } from '../commands/token.js';
import { localAuthority } from './sign-token.js';
import { ensureKeys, signingKeyFile } from './signing-key.js';

let folder: string;
let printed: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-keys-'));
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({ AUTH_SIGNING_KEY: join(folder, signingKeyFile) });
const keySet = async () => createLocalJWKSet(JSON.parse(await readFile(join(folder, 'jwks.json'), 'utf8')));

it('prints a bare token that the public keys verify, for at least twelve hours', async () => {
  await makeKeys([folder]);
  printed = '';
  expect(await token(['--sub', 'alice', '--role', 'operator'], env())).toBe(0);
  expect(printed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const { payload } = await jwtVerify(printed.trim(), await keySet(), {
    ...localAuthority,
    currentDate: new Date(Date.now() + 12 * 3_600_000),
  });
  expect(payload).toMatchObject({ sub: 'alice', role: 'operator' });
});

it('gives no role to whom none was asked for', async () => {
  await makeKeys([folder]);
  printed = '';
  await token(['--sub', 'alice'], env());
  const { payload } = await jwtVerify(printed.trim(), await keySet());
  expect(payload).not.toHaveProperty('role');
});

it('keeps the key that is there, and the private half out of the public file', async () => {
  const file = join(folder, signingKeyFile);
  await ensureKeys(file);
  const before = await readFile(file, 'utf8');
  await ensureKeys(file);
  expect(await readFile(file, 'utf8')).toBe(before);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(join(folder, 'jwks.json'), 'utf8')).not.toContain('"d"');
});

it('names the missing key and who makes it', async () => {
  const complained = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await token(['--sub', 'alice'], env())).toBe(1);
  expect(complained.mock.calls[0]?.[0]).toBe(
    `There is no signing key at ${join(folder, signingKeyFile)}: npm start makes one.\n`,
  );
});
