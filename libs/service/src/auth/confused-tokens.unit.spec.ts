import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import {
  base64url,
  CompactEncrypt,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { Problem } from '../problems/problem.js';
import { AUDIENCE, createIdentityProvider, type IdentityProvider, ISSUER } from '../testing/tokens.spec.js';
import { AccessTokens } from './access-tokens.js';

let provider: IdentityProvider;
let tokens: AccessTokens;
beforeAll(async () => {
  provider = await createIdentityProvider();
  tokens = new AccessTokens(provider.auth);
});
afterAll(() => provider.close());

const encoded = (value: unknown) => base64url.encode(JSON.stringify(value));
const claims = (more: JWTPayload = {}): JWTPayload => ({
  sub: 'mallory',
  roles: ['operator'],
  iss: ISSUER,
  aud: AUDIENCE,
  exp: Math.floor(Date.now() / 1_000) + 600,
  ...more,
});

/** Whose the token is said to be, or the code of the refusal; anything else is a defect. */
async function judged(token: string): Promise<string> {
  try {
    return (await tokens.principalOf(`Bearer ${token}`)).sub;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

it('asks nobody for the key that a token brings or points to', async () => {
  const foreign = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(foreign.publicKey)), kid: 'mine', alg: 'RS256' };
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const headers: Omit<JWTHeaderParameters, 'alg'>[] = [
    { jwk },
    { jwk, kid: 'key-1' },
    { jku: url, kid: 'mine' },
    { jku: url, kid: 'key-1' },
    { x5u: url },
    { x5c: ['MIIB'] },
    { kid: url },
    { kid: '../../../../dev/null' },
    { kid: "' OR 1 = 1 --" },
    { kid: '' },
  ];
  for (const header of headers) {
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'RS256', ...header })
      .sign(foreign.privateKey);
    expect([header, await judged(token)]).toEqual([header, 'unauthorized']);
  }
  expect(asked).toEqual([]);
  server.close();
});

it('refuses a token whose algorithm is another one, or no name at all', async () => {
  const [, body, signature] = (await provider.token(claims())).split('.');
  for (const alg of [
    'RS384',
    'PS256',
    'ES256',
    'EdDSA',
    'HS256',
    'none',
    'RS256 ',
    'rs256',
    '',
    null,
    7,
    ['RS256'],
  ]) {
    const token = `${encoded({ alg, kid: 'key-1' })}.${body}.${signature}`;
    expect([alg, await judged(token)]).toEqual([alg, 'unauthorized']);
  }
});

it.each<[string, () => Promise<string> | string]>([
  [
    'that is encrypted instead of signed',
    async () =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'key-1' })
        .encrypt((await generateKeyPair('RSA-OAEP-256')).publicKey),
  ],
  [
    'without its signature',
    async () => `${(await provider.token(claims())).split('.').slice(0, 2).join('.')}.`,
  ],
  [
    'with another token’s signature',
    async () => {
      const [head, body] = (await provider.token(claims())).split('.');
      return `${head}.${body}.${(await provider.token()).split('.')[2]}`;
    },
  ],
  ['whose times are texts', () => provider.token({ ...claims(), exp: '9999999999' as unknown as number })],
  [
    'whose audience is an object',
    () => provider.token(claims({ aud: { 0: AUDIENCE } as unknown as string[] })),
  ],
  ['whose issuer is a list', () => provider.token(claims({ iss: [ISSUER] as unknown as string }))],
  ['whose subject is a list', () => provider.token(claims({ sub: ['alice'] as unknown as string }))],
  ['of a million characters', () => `${'a'.repeat(500_000)}.${'b'.repeat(400_000)}.${'c'.repeat(100_000)}`],
  ['of a million dots', () => '.'.repeat(1_000_000)],
  ['whose head is nested without end', () => `${base64url.encode('['.repeat(100_000))}.e30.AA`],
])('refuses a token %s', async (_what, token) => {
  expect(await judged(await token())).toBe('unauthorized');
});

it('gives whoever changes a character of a token nothing that its owner did not have', async () => {
  const token = await provider.token();
  const characters = [...'ABCwxyz0129-_.='];
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: token.length - 1 }),
      fc.constantFrom(...characters),
      fc.constantFrom('instead of', 'before'),
      async (at, character, how) => {
        const changed = token.slice(0, at) + character + token.slice(how === 'before' ? at : at + 1);
        // The last character of a signature has bits that mean nothing.
        expect(['unauthorized', 'alice']).toContain(await judged(changed));
        if (changed !== token && at < token.lastIndexOf('.'))
          expect(await judged(changed)).toBe('unauthorized');
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

it('never fails otherwise than by a refusal, whatever stands in the header', () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .tuple(fc.json(), fc.json(), fc.base64String())
          .map(([head, body, tail]) => [base64url.encode(head), base64url.encode(body), tail].join('.')),
      ),
      async (text) => {
        expect(await judged(text)).toBe('unauthorized');
      },
    ),
    { seed: 7, numRuns: 300 },
  ));
