import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Supervised } from './supervision/supervised.js';

interface Voice {
  say(line: string): void;
}

/** Editors write a file in several steps. */
const settled = 200;

/**
 * Rebuilds when a source changes and restarts the services that use it; a build that fails is told, and what runs goes
 * on running. Watches until the process ends.
 */
export async function watchSources(
  root: string,
  services: readonly Supervised[],
  rebuild: () => Promise<void>,
  voice: Voice,
): Promise<void> {
  const users = await usersOfRooms(root);
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let building = Promise.resolve();
  const act = () => {
    const rooms = changed;
    changed = new Set();
    building = building.then(() => rebuildAndRestart(rooms));
  };
  const rebuildAndRestart = async (rooms: ReadonlySet<string>) => {
    try {
      await rebuild();
    } catch (error) {
      voice.say(error instanceof Error ? error.message : String(error));
      return;
    }
    const apps = new Set([...rooms].flatMap((room) => [...(users.get(room) ?? [])]));
    const stale = services.filter(({ name }) => apps.has(name.replace(/-\d+$/, '')));
    if (stale.length > 0)
      voice.say(`Changed: ${[...rooms].join(', ')}. Restarting ${stale.map(({ name }) => name).join(', ')}.`);
    await Promise.all(stale.map((service) => service.restart()));
  };
  for (const room of users.keys()) {
    watch(join(root, room, 'src'), { recursive: true }, (_event, file) => {
      if (file?.endsWith('.spec.ts')) return;
      changed.add(room);
      clearTimeout(timer);
      timer = setTimeout(act, settled);
    });
  }
  voice.say('Watching the sources of apps and libs.');
}

/** For each room that is watched, `libs/kafka` or `apps/order`, the apps that have to restart when it changes. */
async function usersOfRooms(root: string): Promise<Map<string, Set<string>>> {
  const rooms = new Map<string, { room: string; dependencies: string[] }>();
  for (const group of ['libs', 'apps']) {
    for (const folder of await readdir(join(root, group))) {
      const manifest: { name: string; dependencies?: Record<string, string> } = JSON.parse(
        await readFile(join(root, group, folder, 'package.json'), 'utf8'),
      );
      rooms.set(manifest.name, {
        room: `${group}/${folder}`,
        dependencies: Object.keys(manifest.dependencies ?? {}),
      });
    }
  }
  const users = new Map<string, Set<string>>([...rooms.values()].map(({ room }) => [room, new Set()]));
  const mark = (name: string, app: string) => {
    const entry = rooms.get(name);
    const apps = entry && users.get(entry.room);
    if (entry === undefined || apps === undefined || apps.has(app)) return;
    apps.add(app);
    for (const dependency of entry.dependencies) mark(dependency, app);
  };
  for (const [name, { room }] of rooms) if (room.startsWith('apps/')) mark(name, room.slice('apps/'.length));
  return users;
}
