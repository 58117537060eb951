import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCompose } from '../project/compose-file.js';

/** The images that somebody else made and that `docker compose up` needs: of docker-compose.yml, and of the Dockerfile. */
export async function neededImages(root: string): Promise<string[]> {
  const { services } = await readCompose(root);
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  const pulled = Object.values(services).flatMap(({ image, profiles }) =>
    image === undefined || profiles !== undefined ? [] : [image],
  );
  const built = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image]) => String(image));
  return [...new Set([...pulled, ...built])];
}
