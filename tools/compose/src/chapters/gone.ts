import type { Trial } from './chapter.js';

/** `docker compose down`: nothing of the project is left. */
export async function gone({ project, report }: Trial): Promise<void> {
  report.begin('Down');
  await project.down();
  const left = await project.leftovers();
  report.holds(left.length === 0, 'no container, network, volume or image of it is left', left.join(', '));
}
