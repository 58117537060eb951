import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { base64url, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Problem } from '../problems/problem.js';
import { AUDIENCE, createIdentityProvider, type IdentityProvider, ISSUER } from '../testing/tokens.spec.js';
import { AccessTokens } from './access-tokens.js';

let provider: IdentityProvider;
let tokens: AccessTokens;
beforeAll(async () => {
  provider = await createIdentityProvider();
});
beforeEach(() => {
  tokens = new AccessTokens(provider.auth);
});
afterAll(() => provider.close());

const now = () => Math.floor(Date.now() / 1_000);
const refusalOf = async (authorization: string | undefined, by = tokens): Promise<Problem> => {
  const judged = async () => by.principalOf(authorization);
  const error: unknown = await judged().then(
    () => new Error('the token was taken'),
    (refusal: unknown) => refusal,
  );
  if (!(error instanceof Problem)) throw error;
  return error;
};
const encoded = (value: object) => base64url.encode(JSON.stringify(value));
const claims: () => JWTPayload = () => ({ sub: 'mallory', iss: ISSUER, aud: AUDIENCE, exp: now() + 600 });

it('tells the subject and the roles of a good token, from roles or role', async () => {
  expect(await tokens.principalOf(`Bearer ${await provider.token()}`)).toEqual({ sub: 'alice', roles: [] });
  const many = await provider.token({ roles: ['operator', 'auditor', 7] });
  expect(await tokens.principalOf(`bearer  ${many}`)).toEqual({
    sub: 'alice',
    roles: ['operator', 'auditor'],
  });
  const one = await provider.token({ role: 'operator' });
  expect(await tokens.principalOf(`Bearer ${one}`)).toEqual({ sub: 'alice', roles: ['operator'] });
});

it('takes an audience among several', async () => {
  const token = await provider.token({ aud: ['other', AUDIENCE] });
  expect(await tokens.principalOf(`Bearer ${token}`)).toMatchObject({ sub: 'alice' });
});

it.each([
  [undefined],
  [''],
  ['Bearer'],
  ['Bearer '],
  ['Basic YTpi'],
  ['Bearer a b'],
  ['Bearer x'],
  ['Bearer a.b.c'],
  ['Bearer é'],
])('refuses %j with 401 and a challenge', async (authorization) => {
  const problem = await refusalOf(authorization);
  expect(problem.getStatus()).toBe(401);
  expect(problem.headers['www-authenticate']).toMatch(/^Bearer realm="semel"/);
});

it.each<[string, JWTPayload]>([
  ['that has expired', { exp: now() - 60 }],
  ['without an expiry', { exp: undefined as unknown as number }],
  ['that is not valid yet', { nbf: now() + 600 }],
  ['of another issuer', { iss: 'https://evil.test' }],
  ['for another audience', { aud: 'other' }],
  ['without a subject', { sub: undefined as unknown as string }],
  ['with an empty subject', { sub: '' }],
  ['with a subject of 256 characters', { sub: 'x'.repeat(256) }],
  ['with U+0000 in the subject', { sub: 'a\0' }],
  ['with a lone surrogate in the subject', { sub: '\ud800' }],
  ['whose subject is a number', { sub: 5 as unknown as string }],
])('refuses a token %s', async (_what, wrong) => {
  const problem = await refusalOf(`Bearer ${await provider.token(wrong)}`);
  expect([problem.getStatus(), problem.code]).toEqual([401, 'unauthorized']);
  expect(problem.headers['www-authenticate']).toContain('error="invalid_token"');
});

it('takes a subject of 255 characters', async () => {
  const sub = 'é'.repeat(255);
  expect(await tokens.principalOf(`Bearer ${await provider.token({ sub })}`)).toMatchObject({ sub });
});

it('refuses an unsigned token (alg none), whatever its letters', async () => {
  for (const alg of ['none', 'None', 'NONE']) {
    const token = `${encoded({ alg, typ: 'JWT' })}.${encoded(claims())}.`;
    expect((await refusalOf(`Bearer ${token}`)).code).toBe('unauthorized');
  }
});

it('refuses an HMAC made with the public key as its secret (RS/HS swap)', async () => {
  for (const secret of [
    await exportSPKI(provider.publicKey),
    JSON.stringify(provider.jwk),
    provider.jwk.n ?? '',
  ]) {
    const signed = `${encoded({ alg: 'HS256', kid: 'key-1' })}.${encoded(claims())}`;
    const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    expect((await refusalOf(`Bearer ${token}`)).detail).toContain('algorithm');
  }
});

it('refuses a token of a foreign key, also where that key comes inside the token or borrows a known id', async () => {
  const foreign = await generateKeyPair('RS256');
  for (const header of [{ kid: 'key-1' }, { kid: 'key-2' }, {}, { kid: 'key-1', jwk: provider.jwk }]) {
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'RS256', ...header })
      .sign(foreign.privateKey);
    expect((await refusalOf(`Bearer ${token}`)).code).toBe('unauthorized');
  }
});

it('refuses a token whose claims were changed after signing', async () => {
  const [head, , signature] = (await provider.token()).split('.');
  const forged = `${head}.${encoded({ ...claims(), roles: ['operator'] })}.${signature}`;
  expect((await refusalOf(`Bearer ${forged}`)).detail).toContain('signature');
});

it('does not trust a token longer than it lives', async () => {
  const token = await provider.token({ exp: now() - 4 });
  await tokens.principalOf(`Bearer ${token}`);
  jest.useFakeTimers({ now: Date.now() + 2_000, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    expect((await refusalOf(`Bearer ${token}`)).detail).toContain('expired');
  } finally {
    jest.useRealTimers();
  }
});

it('answers 503 while the key set cannot be read, and recovers', async () => {
  provider.setBroken(true);
  const problem = await refusalOf(`Bearer ${await provider.token()}`);
  expect([problem.getStatus(), problem.code, problem.headers['retry-after']]).toEqual([
    503,
    'service-unavailable',
    '1',
  ]);
  provider.setBroken(false);
  expect(await tokens.principalOf(`Bearer ${await provider.token()}`)).toMatchObject({ sub: 'alice' });
  const nowhere = new AccessTokens({ ...provider.auth, jwks: 'http://127.0.0.1:1/jwks.json' });
  expect((await refusalOf(`Bearer ${await provider.token()}`, nowhere)).getStatus()).toBe(503);
});

it('reads a key set from a file, and 503 while there is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jwks-'));
  const file = join(folder, 'jwks.json');
  const fromFile = new AccessTokens({ ...provider.auth, jwks: pathToFileURL(file).href });
  const token = `Bearer ${await provider.token()}`;
  expect((await refusalOf(token, fromFile)).getStatus()).toBe(503);
  await writeFile(file, 'not json');
  expect((await refusalOf(token, fromFile)).getStatus()).toBe(503);
  await writeFile(file, JSON.stringify({ keys: [provider.jwk] }));
  expect(await fromFile.principalOf(token)).toMatchObject({ sub: 'alice' });
  await rm(folder, { recursive: true });
});
