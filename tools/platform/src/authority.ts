import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const issuer = 'semel';
const audience = 'semel';
const algorithm = 'ES256';

export interface Authority {
  /** What a service is told about it. */
  readonly environment: Readonly<Record<string, string>>;
  token(sub: string, ...roles: string[]): Promise<string>;
}

/** An identity provider of one run's own: a key pair whose public half lies in a file. */
export async function makeAuthority(folder: string): Promise<Authority> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const file = join(folder, 'jwks.json');
  const key = { ...(await exportJWK(publicKey)), kid: 'run', alg: algorithm, use: 'sig' };
  await writeFile(file, JSON.stringify({ keys: [key] }));
  return {
    environment: { AUTH_JWKS: pathToFileURL(file).href, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience },
    token: (sub, ...roles) =>
      new SignJWT({ roles })
        .setProtectedHeader({ alg: algorithm, kid: 'run' })
        .setSubject(sub)
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime('24h')
        .sign(privateKey),
  };
}
