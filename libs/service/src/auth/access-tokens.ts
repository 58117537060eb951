import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Problem, unavailable } from '../problems/problem.js';
import { KeySetUnavailableError, keySetAt } from './key-set.js';
import type { Principal } from './principal.js';

export interface AuthOptions {
  /** URL of the JWKS: https:, http: or file:. */
  readonly jwks: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Signatures by asymmetric keys only: `none` and HMAC, whose secret would be the public key, are not among them (RFC 8725, 3.1). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_SECONDS = 5;
/** Verifying a signature costs a tenth of a millisecond or more: a token is not verified again for this long. */
const TRUSTED_FOR_MS = 30_000;
const TRUSTED_TOKENS = 5_000;

/** Tells whose a bearer token is. */
export class AccessTokens {
  private readonly findKey: JWTVerifyGetKey;
  private readonly trusted = new Map<string, { readonly principal: Principal; readonly until: number }>();

  constructor(private readonly options: AuthOptions) {
    this.findKey = keySetAt(new URL(options.jwks));
  }

  /**
   * At once for a token that was verified a moment ago: a request of a known caller waits for no promise.
   *
   * @param authorization the `Authorization` header
   * @throws Problem `unauthorized` with `WWW-Authenticate` (RFC 6750), `service-unavailable` while the key set can't be read
   */
  principalOf(authorization: string | undefined): Principal | Promise<Principal> {
    const token = bearerToken(authorization);
    const known = this.trusted.get(token);
    if (known !== undefined && known.until > Date.now()) return known.principal;
    this.trusted.delete(token);
    return this.verifiedPrincipal(token);
  }

  private async verifiedPrincipal(token: string): Promise<Principal> {
    const payload = await this.verified(token);
    const principal = { sub: subjectOf(payload), roles: rolesOf(payload) };
    this.trust(token, principal, payload.exp ?? 0);
    return principal;
  }

  private async verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.findKey, {
        issuer: this.options.issuer,
        audience: this.options.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      return payload;
    } catch (error) {
      if (error instanceof KeySetUnavailableError) {
        throw unavailable(
          'The key set that access tokens are checked with cannot be read. Try again shortly.',
          error,
        );
      }
      throw invalidToken(reasonOf(error), error);
    }
  }

  private trust(token: string, principal: Principal, expires: number): void {
    const oldest = this.trusted.size >= TRUSTED_TOKENS ? this.trusted.keys().next().value : undefined;
    if (oldest !== undefined) this.trusted.delete(oldest);
    const until = Math.min(Date.now() + TRUSTED_FOR_MS, (expires + CLOCK_TOLERANCE_SECONDS) * 1_000);
    this.trusted.set(token, { principal, until });
  }
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new Problem(
      'unauthorized',
      'The request has no Authorization header. Send Authorization: Bearer <token>.',
      {
        headers: { 'www-authenticate': 'Bearer realm="semel"' },
      },
    );
  }
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken('The Authorization header is not of the form Bearer <token>');
  return token;
}

function invalidToken(reason: string, cause?: unknown): Problem {
  return new Problem('unauthorized', `${reason}.`, {
    headers: {
      'www-authenticate': `Bearer realm="semel", error="invalid_token", error_description="${reason}"`,
    },
    cause,
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The access token has expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The access token has a wrong or missing claim: ${error.claim}`;
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'The access token is signed with an algorithm that is not allowed';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The access token is signed by an unknown key';
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The signature of the access token is wrong';
  return 'The access token is malformed';
}

/** Bounded, because it becomes the scope of idempotency keys and a column of orders. */
function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(sub)) return sub;
  throw invalidToken('The claim sub must have 1 to 255 characters and no control characters');
}

/** The claim `roles` (an array or one name) or `role`. */
function rolesOf(payload: JWTPayload): string[] {
  return [payload.roles, payload.role].flat().filter((role) => typeof role === 'string');
}
