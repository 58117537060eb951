import { readCompose } from '../project/compose-file.js';
import type { Container } from '../project/container.js';
import type { Project } from '../project/project.js';
import type { Chapter, Trial } from './chapter.js';

/** What /proc says of a container's first process. */
interface FirstProcess {
  readonly uid: number;
  readonly capabilities: bigint;
  readonly mayGainPrivileges: boolean;
}

const ours = ['console', 'inventory', 'order'];

/** Nobody is root, nothing may be gained, and what is promised to be read-only is. */
export const hardening: Chapter = async ({ project, report }: Trial) => {
  report.begin('Least privilege');
  const all = await project.containers();
  const running = all.filter(({ status }) => status === 'running');
  const processes = new Map<Container, FirstProcess>();
  for (const one of running) processes.set(one, await firstProcess(project, one));
  const offenders = (bad: (process: FirstProcess, container: Container) => boolean) =>
    [...processes].filter(([one, process]) => bad(process, one)).map(([{ service }]) => service);

  const roots = offenders(({ uid }) => uid === 0);
  report.holds(roots.length === 0, 'no process is root', roots.join(', '));
  const gaining = offenders(({ mayGainPrivileges }) => mayGainPrivileges);
  report.holds(gaining.length === 0, 'none may gain privileges', gaining.join(', '));
  const capable = offenders(({ capabilities }, { service }) => ours.includes(service) && capabilities !== 0n);
  report.holds(capable.length === 0, 'ours have no capability', capable.join(', '));

  const { services } = await readCompose(project.root);
  const writable = all.filter(({ service, readOnly }) => services[service]?.read_only === true && !readOnly);
  report.holds(
    writable.length === 0,
    'every root file system that is promised to be read-only is',
    writable.map(({ service }) => service).join(', '),
  );
  for (const { service, id } of running.filter(({ readOnly }) => readOnly)) {
    const wrote = await project.engineCommand('exec', id, 'touch', '/written').then(
      () => true,
      () => false,
    );
    report.holds(!wrote, `nothing can be written to ${service}`);
  }
};

async function firstProcess(project: Project, { id }: Container): Promise<FirstProcess> {
  const status = await project.engineCommand('exec', id, 'cat', '/proc/1/status');
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
  return {
    uid: Number(field('Uid')),
    capabilities: BigInt(`0x${field('CapEff')}`),
    mayGainPrivileges: field('NoNewPrivs') !== '1',
  };
}
