import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { plants } from '../plants/plants.js';
import { proofPage } from './proof-page.js';
import { isCaught } from './summary.js';
import { resultsOf } from './write-proof.js';

const docs = resolve(__dirname, '..', '..', '..', '..', 'docs');
const results = resultsOf(readFileSync(join(docs, 'proof.jsonl'), 'utf8'));

it('is docs/proof.md, to the byte', () => {
  expect(proofPage(results)).toBe(readFileSync(join(docs, 'proof.md'), 'utf8'));
});

it('publishes runs that violated nothing, and each bug with what caught it', () => {
  expect(results.runs.flatMap(({ violations }) => violations)).toEqual([]);
  expect(results.plants.filter((one) => !isCaught(one))).toEqual([]);
  expect(results.plants.map(({ plant }) => plant).sort()).toEqual(Object.keys(plants).sort());
});
