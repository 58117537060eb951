import type { InitializeHook, LoadHook } from 'node:module';
import { pathToFileURL } from 'node:url';
import { root } from '../folders.js';
import { plantInto } from '../plants/plant-into.js';

let plant = '';
const base = pathToFileURL(root).href;

export const initialize: InitializeHook<string> = (name) => {
  plant = name;
};

/** Changes the text of the modules that the plant names. */
export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (!url.startsWith(base) || loaded.format !== 'module' || !loaded.source) return loaded;
  const module = decodeURIComponent(new URL(url).pathname.slice(new URL(base).pathname.length));
  const source =
    typeof loaded.source === 'string'
      ? loaded.source
      : Buffer.from(loaded.source as Uint8Array).toString('utf8');
  return { ...loaded, source: plantInto(plant, module, source) };
};
