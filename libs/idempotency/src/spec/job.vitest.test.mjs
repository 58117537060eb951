import { it } from 'vitest';
import { jobCases } from './job-cases.mjs';

for (const { name, run } of jobCases) it(name, run);
