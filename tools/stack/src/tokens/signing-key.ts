import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { absentAs } from '../absent.js';

export const algorithm = 'ES256';

/** The private key's name in a folder of keys. */
export const signingKeyFile = 'signing-key.json';
/** The public JWKS beside it, which the services are given. */
const jwksFile = 'jwks.json';

/**
 * Makes the key pair where the private key's file is not there. The JWKS is written anew each time, so that it always belongs to the
 * key that signs.
 * @returns the path of the JWKS
 */
export async function ensureKeys(file: string): Promise<string> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = (await readPrivateKey(file)) ?? (await makePrivateKey(file));
  const { d: _secret, ...publicKey } = key;
  const jwks = join(folder, jwksFile);
  await replaceFile(jwks, `${JSON.stringify({ keys: [publicKey] }, null, 2)}\n`, 0o644);
  return jwks;
}

/** The private key as a JWK with `kid` and `alg`; undefined where there is no such file. */
export async function readPrivateKey(file: string): Promise<JWK | undefined> {
  const text = await readFile(file, 'utf8').catch(absentAs(undefined));
  if (text === undefined) return undefined;
  const key: JWK = JSON.parse(text);
  // Fails here, with the reason, and not at the first request, where the file is not a key of ours.
  await importJWK(key, algorithm);
  return key;
}

async function makePrivateKey(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: algorithm, use: 'sig' };
  await replaceFile(file, `${JSON.stringify(key, null, 2)}\n`, 0o600);
  return key;
}

/** Whole or not at all: a kill between two writes leaves no half a key. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const nursery = `${file}.${process.pid}.new`;
  await writeFile(nursery, text, { mode });
  await rename(nursery, file);
}
