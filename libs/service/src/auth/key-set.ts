import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTVerifyGetKey,
} from 'jose';

/** The key set can't be read: no token can be judged, good or bad. */
export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError';
  readonly code = 'key-set-unavailable';
}

/** Keys are fetched again after this long, so that a revoked one goes out of use. */
const MAX_AGE_MS = 10 * 60_000;
/** A token of an unknown key makes the set be fetched again, but not more often than this. */
const COOLDOWN_MS = 10_000;

/**
 * Finds the key of a token in the JWKS at an https:, http: or file: URL.
 * @throws KeySetUnavailableError from the returned function while the set can't be read
 */
export function keySetAt(url: URL): JWTVerifyGetKey {
  const find =
    url.protocol === 'file:'
      ? fileKeySet(url)
      : createRemoteJWKSet(url, {
          timeoutDuration: 5_000,
          cacheMaxAge: MAX_AGE_MS,
          cooldownDuration: COOLDOWN_MS,
        });
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (blamesToken(error)) throw error;
      throw new KeySetUnavailableError(
        `The key set at ${url.origin === 'null' ? url.href : url.origin} can't be read`,
        {
          cause: error,
        },
      );
    }
  };
}

function blamesToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

function fileKeySet(url: URL) {
  let find: ReturnType<typeof createLocalJWKSet> | undefined;
  let readAt = 0;
  const read = async () => {
    const keys: JSONWebKeySet = JSON.parse(await readFile(url, 'utf8'));
    readAt = Date.now();
    find = createLocalJWKSet(keys);
    return find;
  };
  return async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const current = find === undefined || Date.now() - readAt > MAX_AGE_MS ? await read() : find;
    try {
      return await current(header, token);
    } catch (error) {
      const mayBeNew = error instanceof errors.JWKSNoMatchingKey && Date.now() - readAt > COOLDOWN_MS;
      if (!mayBeNew) throw error;
      return (await read())(header, token);
    }
  };
}
