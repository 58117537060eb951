import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** Stands for the identity provider: a key set in a file, and tokens signed with its key. */
export class IdentityProvider {
  private constructor(
    private readonly folder: string,
    private readonly key: SigningKey,
  ) {}

  static async open(): Promise<IdentityProvider> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const folder = await mkdtemp(join(tmpdir(), 'semel-identity-'));
    const key = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
    await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [key] }));
    return new IdentityProvider(folder, privateKey);
  }

  get variables() {
    return {
      AUTH_JWKS: pathToFileURL(join(this.folder, 'jwks.json')).href,
      AUTH_ISSUER: 'https://identity.test',
      AUTH_AUDIENCE: 'semel',
    };
  }

  token(sub: string, roles: readonly string[] = []): Promise<string> {
    return new SignJWT({ roles })
      .setProtectedHeader({ alg: 'ES256', kid: 'test' })
      .setSubject(sub)
      .setIssuer(this.variables.AUTH_ISSUER)
      .setAudience(this.variables.AUTH_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(this.key);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
