#!/usr/bin/env node
import { prepare } from './setup/prepare.mjs';
import { createProgress } from './setup/progress.mjs';
import { runTests } from './setup/run-tests.mjs';
// npm test: installs and builds what is missing, runs every runner, and sums them up in the last line of stdout.
import { runCommand } from './setup/sentence.mjs';
import { installToolbox } from './setup/toolbox.mjs';

const args = process.argv.slice(2);

await runCommand(async () => {
  if (args.includes('--help')) {
    process.stdout.write(
      'Usage: npm test [-- [jest options] [pattern of spec files]]\n\n' +
        'Runs every test against real PostgreSQL and Kafka, which it starts itself on free ports.\n' +
        'The last line of stdout is `N passed, N failed`; the status is 0 when at least one passed and none failed.\n' +
        'Servers of your own: SEMEL_TEST_POSTGRES_URL (a superuser), SEMEL_TEST_KAFKA_BROKERS.\n',
    );
    return 0;
  }
  try {
    const progress = createProgress(process.stderr);
    await prepare(progress, {
      exitCodeOfSignal: 130,
      also: ['bench', 'compare', 'demo', 'example-payment', 'torture'],
    });
    await installToolbox(progress, 'spec/quint');
    await installToolbox(progress, 'apps/console/browser');
  } catch (error) {
    // Whoever reads only the last line must not take a run that never began for a good one.
    process.stdout.write('0 passed, 1 failed\n');
    throw error;
  }
  return runTests(args);
});
