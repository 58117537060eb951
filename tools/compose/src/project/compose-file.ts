import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly mem_limit?: string;
}

/** docker-compose.yml, as far as it is looked into. */
interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

export async function readCompose(root: string): Promise<ComposeFile> {
  return parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
}
