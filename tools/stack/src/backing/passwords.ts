import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { absentAs } from '../absent.js';

export interface Passwords {
  readonly superuser: string;
  readonly order: string;
  readonly inventory: string;
}

/** The passwords of this clone's own PostgreSQL, made at the first start. */
export async function ensurePasswords(keys: string): Promise<Passwords> {
  const file = join(keys, 'postgres-passwords.json');
  const text = await readFile(file, 'utf8').catch(absentAs(undefined));
  if (text !== undefined) return JSON.parse(text);
  const passwords = { superuser: secret(), order: secret(), inventory: secret() };
  await mkdir(keys, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return passwords;
}

/** Safe in a URL as it is. */
function secret(): string {
  return randomBytes(18).toString('base64url');
}
