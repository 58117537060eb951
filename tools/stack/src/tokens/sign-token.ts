import { importJWK, type JWK, SignJWT } from 'jose';
import { algorithm } from './signing-key.js';

export interface Claims {
  /** The customer. */
  readonly sub: string;
  readonly role?: string | undefined;
}

/** Who the tokens are from and for; the services are told the same by AUTH_ISSUER and AUTH_AUDIENCE. */
export interface Authority {
  readonly issuer: string;
  readonly audience: string;
}

export const localAuthority: Authority = { issuer: 'semel-local', audience: 'semel' };

/** A signed JWT, valid from now on for `lifetimeHours`. */
export async function signToken(
  key: JWK,
  { sub, role }: Claims,
  authority: Authority,
  lifetimeHours = 24,
): Promise<string> {
  return new SignJWT(role === undefined ? {} : { role })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(key.kid !== undefined && { kid: key.kid }) })
    .setSubject(sub)
    .setIssuer(authority.issuer)
    .setAudience(authority.audience)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeHours}h`)
    .sign(await importJWK(key, algorithm));
}
