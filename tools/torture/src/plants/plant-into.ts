import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../folders.js';
import { plants } from './plants.js';

/** A bug is not as it is written down: the module has changed since, and the plant has to follow it. */
class PlantError extends Error {
  override readonly name = 'PlantError';
  readonly code = 'plant';
}

/** Carries out the edits of a plant on a module's text. @throws PlantError where one does not fit */
export function plantInto(plant: string, module: string, source: string): string {
  let text = source;
  for (const edit of plants[plant]?.edits ?? []) {
    if (edit.module !== module) continue;
    const places = text.split(edit.from).length - 1;
    if (places !== 1)
      throw new PlantError(
        `The plant ${plant} fits ${module} ${places} times, not once: ${edit.from.split('\n')[0]}`,
      );
    text = text.replace(edit.from, () => edit.to);
  }
  return text;
}

/** @throws PlantError where the plant is unknown, or does not fit what is built */
export function requireFitting(plant: string): void {
  const edits = plants[plant]?.edits;
  if (!edits)
    throw new PlantError(`There is no plant ${plant}. There are: ${Object.keys(plants).join(', ')}.`);
  for (const module of new Set(edits.map((edit) => edit.module)))
    plantInto(plant, module, readFileSync(join(root, module), 'utf8'));
}
