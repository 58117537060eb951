// In a process of its own: transforming the parser's dependencies for jest takes longer than all other unit specs.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const diagnostics = await new Parser().validate(readFileSync(process.argv[2], 'utf8'));
const error = 0;
process.stdout.write(JSON.stringify(diagnostics.filter(({ severity }) => severity === error)));
