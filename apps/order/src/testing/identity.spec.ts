import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const issuer = 'https://issuer.test';
const audience = 'semel';

/** An identity provider that is a file: its key set is what `AUTH_JWKS` may name. */
export class Identity {
  private constructor(
    private readonly folder: string,
    private readonly privateKey: ReturnType<typeof keyPair>['privateKey'],
  ) {}

  static async create(): Promise<Identity> {
    const { privateKey, publicKey } = keyPair();
    const folder = await mkdtemp(join(tmpdir(), 'semel-identity-'));
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'ES256', use: 'sig' };
    await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
    return new Identity(folder, privateKey);
  }

  get environment(): Record<string, string> {
    const jwks = pathToFileURL(join(this.folder, 'jwks.json')).href;
    return { AUTH_JWKS: jwks, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience };
  }

  token(sub: string, role?: string): string {
    const exp = Math.floor(Date.now() / 1_000) + 3_600;
    const claims = { sub, iss: issuer, aud: audience, exp, ...(role !== undefined && { role }) };
    const signed = [{ alg: 'ES256', kid: 'test' }, claims].map(base64url).join('.');
    const signature = sign('sha256', Buffer.from(signed), {
      key: this.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

function keyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
