import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOf, root } from '@semel/stack';
import { type Findings, findSecrets } from '../image/find-secrets.js';
import type { Project } from '../project/project.js';
import type { Trial } from './chapter.js';

/** Keys, and files that hold passwords or tokens by custom. */
const names =
  /(?:^|\/)(?:signing-key\.json|postgres-passwords\.json|\.env(?:\.\w+)?|\.netrc|\.git-credentials|id_(?:rsa|ed25519))$/;

/** No layer of our image has a password or a key, neither this stack's nor those of the clone that it was built from. */
export async function secrets({ project, report }: Trial): Promise<void> {
  report.begin('Secrets');
  const key: { d: string } = JSON.parse(await project.exec('console', 'cat', '/keys/signing-key.json'));
  const texts = [...project.secrets, key.d, ...(await secretsOfTheClone())];
  const images = new Set((await project.containers()).filter(isOurs).map(({ imageId }) => imageId));
  for (const image of images) {
    const { layers, files, found } = await search(project, image, texts);
    report.holds(
      files > 0 && found.length === 0,
      `none of ${texts.length} in ${files} files of ${layers} layers`,
      found.join(', '),
    );
    const history = await project.engineCommand('history', '--no-trunc', '--format', '{{.CreatedBy}}', image);
    report.holds(!texts.some((text) => history.includes(text)), 'none in its history');
  }
}

const isOurs = ({ service }: { service: string }) => !['postgres', 'kafka'].includes(service);

/** Passwords and the signing key of the stack that this clone has run without containers. */
async function secretsOfTheClone(): Promise<string[]> {
  const { keys } = foldersOf(root);
  const files = await readdir(keys).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const texts = await Promise.all(files.map((file) => readFile(join(keys, file), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/"(?:d|superuser|order|inventory)": ?"([^"]{12,})"/g)].map(([, secret]) =>
      String(secret),
    ),
  );
}

async function search({ engine }: Project, image: string, texts: readonly string[]): Promise<Findings> {
  const [program, ...before] = engine.words;
  const saving = spawn(program, [...before, 'save', image], {
    env: engine.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(saving, 'exit');
  const findings = await findSecrets(saving.stdout, { texts, names });
  const [code] = await ended;
  if (code !== 0) throw new Error(`${program} save ended with ${code}.`);
  return findings;
}
