import type { Trial } from './chapter.js';

/** As docs/operations has them, in a container. */
const programs = [
  ['order', 'outbox', 'stats'],
  ['inventory', 'parked', 'list'],
  ['order', 'keys', 'erase', '--sub', 'nobody'],
] as const;

/** The programs for operators that the image brings. */
export async function operators({ project, report }: Trial): Promise<void> {
  report.begin('Programs for operators');
  for (const [service, ...command] of programs) {
    const said = await project.exec(service, ...command).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    report.holds(said === undefined, `docker compose exec ${service} ${command.join(' ')}`, said);
  }
}
