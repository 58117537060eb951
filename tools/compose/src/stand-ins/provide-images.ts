import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlatformError, type Progress } from '@semel/platform';
import type { Engine } from '../engine/engine.js';
import { outputOf, runLong, succeeds } from '../engine/run.js';
import { makeDebian } from './debian.js';
import { kafkaStandIn } from './kafka.js';
import { neededImages } from './needed-images.js';
import { nodeStandIn } from './node.js';
import { postgresStandIn } from './postgres.js';
import type { StandIn } from './stand-in.js';

const definitions = fileURLToPath(new URL('../../stand-ins', import.meta.url));
const label = 'semel.stand-in';

interface Surroundings {
  readonly engine: Engine;
  readonly root: string;
  /** Where Kafka's jars are kept. */
  readonly downloads: string;
  readonly progress: Progress;
}

/**
 * Sees that the images that others made are there: from their registry, or, where it does not answer and the engine's images are
 * its own, stand-ins of the same names.
 * @returns the names of the images that are stood for
 */
export async function provideImages(surroundings: Surroundings): Promise<string[]> {
  const { engine, root, progress } = surroundings;
  // Docker pulls by itself, and a stand-in never gets into a store that others use.
  if (!engine.isPrivate) return [];
  const stoodFor: string[] = [];
  for (const image of await neededImages(root)) {
    progress(`Images: ${image}`);
    const name = image.includes('/') ? `docker.io/${image}` : `docker.io/library/${image}`;
    if (await isReal(engine, name)) continue;
    if (await succeeds(engine.words, ['pull', '--quiet', name], engine.env)) continue;
    await make(surroundings, name, standInFor(image, surroundings));
    stoodFor.push(image);
  }
  return stoodFor;
}

function standInFor(image: string, { downloads, progress }: Surroundings): StandIn {
  const [repository = '', tag = ''] = image.split(':');
  const known = [nodeStandIn(tag), postgresStandIn(), kafkaStandIn(downloads, progress)];
  const found = known.find((standIn) => standIn.of === repository);
  if (found === undefined)
    throw new PlatformError(`No registry gives ${image}, and nothing is known that could stand for it.`, {
      code: 'no-image',
    });
  return found;
}

async function isReal(engine: Engine, name: string): Promise<boolean> {
  return (await digestOf(engine, name)) === '';
}

/** @returns of what a stand-in was made, `''` of an image that is none, undefined where there is no image of that name */
async function digestOf({ words, env }: Engine, name: string): Promise<string | undefined> {
  const format = `{{index .Labels "${label}"}}`;
  return outputOf(words, ['image', 'inspect', '--format', format, name], env).then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function make({ engine, progress }: Surroundings, name: string, standIn: StandIn): Promise<void> {
  const definition = join(definitions, standIn.of.split('/').at(-1) ?? '');
  const digest = await digestOfDefinition(definition, standIn);
  if ((await digestOf(engine, name)) === digest) return;
  await makeDebian(engine, progress);
  progress(`Stand-in: ${name}`);
  const context = await mkdtemp(join(tmpdir(), 'semel-stand-in-'));
  try {
    await cp(definition, context, { recursive: true });
    await standIn.gather(context);
    const args = ['build', '--tag', name, '--label', `${label}=${digest}`, '--file', 'Containerfile', '.'];
    await runLong(engine.words, args, { env: engine.env, cwd: context, onLine: () => {} });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function digestOfDefinition(folder: string, { ingredients }: StandIn): Promise<string> {
  const hash = createHash('sha256').update(ingredients.join('\n'));
  for (const file of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}
