import type { Project } from '../project/project.js';

/** As the README has it: docker compose exec order token --sub alice */
export function tokenOf(project: Project, sub: string, role?: string): Promise<string> {
  return project.exec('order', 'token', '--sub', sub, ...(role === undefined ? [] : ['--role', role]));
}
