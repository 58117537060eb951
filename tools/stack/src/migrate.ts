import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFull, PlatformError, runToEnd, tellsOfFullDisk } from '@semel/platform';
import type { DatabaseUrls } from './backing/provision.js';

/** Migrates a service's database and seeds what it lacks. @throws PlatformError `migration-failed` with what it said */
export async function migrate(root: string, service: keyof DatabaseUrls, databaseUrl: string): Promise<void> {
  const program = join(root, 'apps', service, 'dist', 'migrate.js');
  await access(program);
  const { code, output } = await runToEnd(process.execPath, [program, '--seed'], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    onLeash: true,
  });
  if (code === 0) return;
  if (tellsOfFullDisk(output)) throw diskFull(root, output);
  throw new PlatformError(`The migrations of ${service} failed:\n${output.trim()}`, {
    code: 'migration-failed',
    cause: output,
  });
}
