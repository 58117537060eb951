import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../folders.js';
import { proofPage } from './proof-page.js';
import { type Caught, caughtOf, type Results, type Summary } from './summary.js';

/** A run or a bug that was caught, one a line. */
const data = join(root, 'docs', 'proof.jsonl');
const page = join(root, 'docs', 'proof.md');

/** Adds the results of these files to docs/proof.jsonl, and writes docs/proof.md anew from it. A bug's last result counts. */
export async function writeProof(files: readonly string[]): Promise<void> {
  const all = [await readPublished(), ...(await Promise.all(files.map(readWritten)))];
  const runs = [...new Map(all.flatMap((one) => one.runs).map((run) => [run.at, run])).values()];
  const caught = [
    ...all.flatMap((one) => one.plants),
    ...runs.flatMap((run) => (run.plant === undefined ? [] : [caughtOf(run.plant, run)])),
  ];
  const results: Results = {
    runs: runs.filter(({ plant }) => plant === undefined),
    plants: [...new Map(caught.map((one) => [one.plant, one])).values()],
  };
  const lines = [...results.runs, ...results.plants].map((result) => `${JSON.stringify(result)}\n`);
  await writeFile(data, lines.join(''));
  await writeFile(page, proofPage(results));
}

async function readPublished(): Promise<Results> {
  try {
    return resultsOf(await readFile(data, 'utf8'));
  } catch (error) {
    // Nothing was published yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { runs: [], plants: [] };
    throw error;
  }
}

/** What docs/proof.jsonl holds. */
export function resultsOf(text: string): Results {
  const all: (Summary | Caught)[] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return {
    runs: all.filter((one): one is Summary => 'seed' in one),
    plants: all.filter((one): one is Caught => 'by' in one),
  };
}

async function readWritten(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, 'utf8'));
}
