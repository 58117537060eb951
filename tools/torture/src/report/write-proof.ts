import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../folders.js';
import { proofPage } from './proof-page.js';
import type { Results } from './summary.js';

const data = join(root, 'docs', 'proof.json');
const page = join(root, 'docs', 'proof.md');

/** Adds the runs of these files to docs/proof.json, and writes docs/proof.md anew from it. A bug's last result counts. */
export async function writeProof(files: readonly string[]): Promise<void> {
  const all = await Promise.all([data, ...files].map(read));
  const runs = new Map(all.flatMap((one) => one.runs).map((run) => [run.at, run]));
  const plants = new Map(all.flatMap((one) => one.plants).map((caught) => [caught.plant, caught]));
  const results: Results = {
    runs: [...runs.values()].filter(({ plant }) => plant === undefined),
    plants: [...plants.values()],
  };
  await writeFile(data, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(page, proofPage(results));
}

async function read(file: string): Promise<Results> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    // Nothing was published yet.
    if (file === data && error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { runs: [], plants: [] };
    throw error;
  }
}
