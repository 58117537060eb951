import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEngine } from './find-engine.js';

// Engines are not ours and not everywhere: programs of their names answer as they would.
let folder: string;
const path = process.env.PATH;

const program = async (name: string, script: string) => {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
};
const dockerWithoutEngine = 'case "$1" in compose) echo 2.30.1;; *) echo "Cannot connect" >&2; exit 1;; esac';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-engines-'));
  process.env.PATH = folder;
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

const found = () => findEngine(folder, () => {});

it('takes Docker where its engine answers', async () => {
  await program('docker', 'case "$1" in compose) echo v2.30.1;; info) echo 28.0.1;; esac');
  expect(await found()).toMatchObject({
    title: 'Docker 28.0.1 with compose 2.30.1',
    compose: { words: ['docker', 'compose'], waits: true },
    isPrivate: false,
    needsPulse: false,
  });
});

it('knows that compose 1.29 does not wait, and takes no older one', async () => {
  await program('docker', 'case "$1" in compose) exit 1;; info) echo 20.10.24;; esac');
  await program('docker-compose', 'echo 1.29.2');
  expect(await found()).toMatchObject({ compose: { words: ['docker-compose'], waits: false } });
  await program('docker-compose', 'echo 1.28.6');
  await expect(found()).rejects.toMatchObject({ code: 'no-engine' });
});

it.each([
  ['nothing at all', {}, /no compose/],
  ['an engine that does not answer', { docker: dockerWithoutEngine }, /there is no podman/],
])(
  'says in one sentence what is lacking where there is %s',
  async (_what, programs: Record<string, string>, why) => {
    for (const [name, script] of Object.entries(programs)) await program(name, script);
    const error = await found().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'PlatformError',
      code: 'no-engine',
      message: expect.stringMatching(why),
    });
    expect(String(error)).not.toContain('\n');
  },
);

it('asks for root where it has podman alone', async () => {
  await program('docker', dockerWithoutEngine);
  await program('podman', 'echo podman version 5.4.2');
  jest.spyOn(process, 'getuid').mockReturnValue(1_000);
  await expect(found()).rejects.toThrow(/run it as root/);
});
