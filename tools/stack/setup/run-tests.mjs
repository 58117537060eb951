import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endWithSignals, run } from './child.mjs';
import { home, root } from './folders.mjs';

/**
 * Runs every runner and prints, as the last line of stdout, `N passed, N failed`.
 * @returns the exit status: 0 when something passed and nothing failed
 */
export async function runTests(args) {
  const unlisten = endWithSignals(130);
  const results = [];
  for (const runner of [jest]) results.push(await runner(args));
  unlisten();
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return passed > 0 && failed === 0 && results.every((result) => result.clean) ? 0 : 1;
}

async function jest(args) {
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'test-results-'));
  const file = join(folder, 'jest.json');
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const { code } = await run(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '-c',
      'jest.config.mjs',
      '--json',
      `--outputFile=${file}`,
      ...args,
    ],
    // With --json jest would print the whole report to stdout; with --outputFile it prints one line there, and the rest to stderr.
    { cwd: root, output: 'inherit' },
  );
  const report = read(file);
  // A runner that broke down before its report is a failure of its own, not a run without failures.
  if (report === undefined) return { passed: 0, failed: 1, clean: false };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + suitesThatDidNotRun(report),
    clean: code === 0,
  };
}

/** A spec file that does not compile, or dies while it loads, has no failed test: it counts as one. */
function suitesThatDidNotRun(report) {
  return report.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  ).length;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Not there, or cut off: either way jest did not get to its end.
    return undefined;
  }
}
