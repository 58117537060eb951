// node lint-packages.mjs TARBALL…: whether what npm pack made can be installed and resolved by others, one line a
// complaint. publint looks at package.json against the files, "are the types wrong?" at every entry as TypeScript
// resolves it. The packages are ES modules only: how node10 and require() under node16 would see them is left out.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { filterProblems } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

let complaints = 0;
function complain(file, what) {
  complaints += 1;
  console.log(`${basename(file)}: ${what}`);
}

for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const { messages, pkg } = await publint({ pack: { tarball: Uint8Array.from(bytes).buffer }, strict: true });
  for (const message of messages) complain(file, formatMessage(message, pkg, { color: false }));

  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
  if (!analysis.types) {
    complain(file, 'has no types');
    continue;
  }
  const problems = ['node16-esm', 'bundler'].flatMap((resolutionKind) =>
    filterProblems(analysis, { resolutionKind }),
  );
  for (const problem of new Set(problems)) complain(file, JSON.stringify(problem));
}
process.exitCode = complaints === 0 ? 0 : 1;
