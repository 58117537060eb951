import { it } from 'node:test';
import { jobCases } from './job-cases.mjs';

for (const { name, run } of jobCases) it(name, run);
