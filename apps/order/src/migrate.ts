import { ConfigurationError, databaseVariables, loadConfig } from '@semel/service';
import { z } from 'zod';
import { runMigrations } from './migrations/run-migrations.js';

const usage = 'Usage: node migrate.js [--seed]   (the database is the environment variable DATABASE_URL)';

/** Migrates Order's database; with `--seed` it also puts the seed catalogue on sale where products are missing. */
async function migrate(args: readonly string[]): Promise<string> {
  const unknown = args.find((argument) => argument !== '--seed');
  if (unknown !== undefined) throw new ConfigurationError(`${unknown} is not known. ${usage}`);
  const { DATABASE_URL: url } = loadConfig(
    z.object({ DATABASE_URL: databaseVariables.DATABASE_URL }),
    process.env,
  );
  const { executed, seeded } = await runMigrations(url, { seed: args.includes('--seed') });
  const migrated = executed.length === 0 ? 'the schema was up to date' : `ran ${executed.join(', ')}`;
  return seeded === undefined ? migrated : `${migrated}; products added: ${seeded}`;
}

migrate(process.argv.slice(2)).then(
  (report) => {
    process.stdout.write(`order migrations: ${report}\n`);
  },
  (error: unknown) => {
    process.stderr.write(
      `order migrations failed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
