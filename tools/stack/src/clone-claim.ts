import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { birthOf, PlatformError } from '@semel/platform';
import { absentAs } from './absent.js';

/** A process beyond doubt: a pid may be handed out again, a pid with its moment of birth may not. */
export interface Identity {
  readonly pid: number;
  readonly birth: string;
}

export async function identify(pid: number): Promise<Identity | undefined> {
  const birth = await birthOf(pid);
  return birth === undefined ? undefined : { pid, birth };
}

export async function isAlive(identity: Identity): Promise<boolean> {
  return (await birthOf(identity.pid)) === identity.birth;
}

/**
 * Makes this process the one stack of the clone. What a stack that was killed left behind is taken over.
 * @returns how to give it back
 * @throws PlatformError `already-running`
 */
export async function claimClone(file: string): Promise<() => Promise<void>> {
  const nursery = `${file}.${process.pid}`;
  const mine = JSON.stringify(await identify(process.pid));
  await writeFile(nursery, mine, { mode: 0o600 });
  try {
    // A link appears with its content, or fails where there is one already: no reader sees half a claim.
    while (!(await linkUnlessThere(nursery, file))) await removeStale(file);
  } finally {
    await rm(nursery, { force: true });
  }
  return async () => {
    if ((await readFile(file, 'utf8').catch(absentAs(''))) === mine) await rm(file, { force: true });
  };
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(absentAs(undefined));
  if (text === undefined) return;
  const owner = ownerIn(text);
  if (owner !== undefined && (await isAlive(owner))) {
    throw new PlatformError(
      `A stack of this clone is running already (pid ${owner.pid}): end it with Ctrl-C where it runs, or look at it with npm run -s stack -- ps.`,
      { code: 'already-running' },
    );
  }
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(absentAs(undefined));
  // Between the look and the rename another start may have taken the place: give it back.
  if ((await readFile(aside, 'utf8').catch(absentAs(text))) !== text) await linkUnlessThere(aside, file);
  await rm(aside, { force: true });
}

function ownerIn(text: string): Identity | undefined {
  try {
    const owner: Partial<Identity> = JSON.parse(text);
    return typeof owner.pid === 'number' && typeof owner.birth === 'string'
      ? { pid: owner.pid, birth: owner.birth }
      : undefined;
  } catch {
    // Not ours, or damaged by a full disk: nobody can be found behind it.
    return undefined;
  }
}
