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
  for (const runner of [jest, browser]) results.push(await runner(args));
  unlisten();
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return passed > 0 && failed === 0 && results.every((result) => result.clean) ? 0 : 1;
}

function jest(args) {
  const program = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // A pattern may mean specs of the other runner alone.
  const lenient = wantsBrowser(args) && patternsIn(args).length > 0 ? ['--passWithNoTests'] : [];
  return reported([program, '-c', 'jest.config.mjs', ...lenient, ...args]);
}

/** The console in a real browser, and the demo, against a stack of their own; after the others, so that they have the machine. */
async function browser(args) {
  const none = { passed: 0, failed: 0, clean: true };
  if (!wantsBrowser(args)) return none;
  const { findChromium } = await import('../../../apps/console/browser/find-chromium.mjs');
  if ((await findChromium()) === undefined) {
    process.stderr.write(
      `The console's browser specs are left out: there is no Chromium on this machine, and no registry has one for ${process.platform} on ${process.arch}. Name one in CHROMIUM_PATH.\n`,
    );
    return none;
  }
  return reported([join(root, 'apps', 'console', 'browser', 'run.mjs'), ...args]);
}

/** All of them run unless a pattern names other specs. */
function wantsBrowser(args) {
  const patterns = patternsIn(args);
  return patterns.length === 0 || patterns.some((pattern) => /browser|stack\.spec/.test(pattern));
}

function patternsIn(args) {
  return args.filter((arg) => !arg.startsWith('-'));
}

/** Runs a program that takes jest's options, and reads the report that it writes. */
async function reported(program) {
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'test-results-'));
  const file = join(folder, 'jest.json');
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const { code } = await run(
    process.execPath,
    [...program, '--json', `--outputFile=${file}`],
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
