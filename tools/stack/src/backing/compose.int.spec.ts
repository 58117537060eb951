import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Compose } from './compose.js';

// A Docker engine is not ours and not everywhere: a program of that name writes down what it is asked.
let folder: string;
const path = process.env.PATH;
const passwords = { superuser: 's', order: 'o', inventory: 'i' };

const docker = async (answers: string) => {
  const program = `#!/bin/sh\necho "$* POSTGRES_PORT=$POSTGRES_PORT ORDER_DATABASE_PASSWORD=$ORDER_DATABASE_PASSWORD" >> ${folder}/asked\n${answers}\n`;
  await writeFile(join(folder, 'docker'), program);
  await chmod(join(folder, 'docker'), 0o755);
};
const asked = async () => (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-docker-'));
  process.env.PATH = `${folder}:${path}`;
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

it('starts only the server that is lacking, waits for its health, and stops only that', async () => {
  await docker('exit 0');
  const compose = await Compose.connect(folder, passwords);
  await compose.up('kafka', () => {});
  await compose.stop('kafka');
  const [, , up, stop] = await asked();
  const variables = `POSTGRES_PORT=${compose.ports.postgres} ORDER_DATABASE_PASSWORD=o`;
  expect(up).toMatch(
    new RegExp(
      `^compose --project-name semel-backing-[0-9a-f]{8} --progress plain up --detach --wait kafka ${variables}$`,
    ),
  );
  expect(stop).toMatch(/ stop kafka /);
});

it('gives two clones projects of their own', async () => {
  await docker('exit 0');
  const another = join(folder, 'another');
  await mkdir(another);
  for (const clone of [folder, another]) await (await Compose.connect(clone, passwords)).stop('postgres');
  const projects = (await asked()).flatMap((line) => /semel-backing-\w+/.exec(line) ?? []);
  expect(new Set(projects).size).toBe(2);
});

it.each([
  ['has no compose', '[ "$1" = compose ] && exit 1; exit 0'],
  ['reaches no engine', '[ "$1" = info ] && exit 1; exit 0'],
])('is no way where docker %s', async (_what, answers) => {
  await docker(answers);
  await expect(Compose.connect(folder, passwords)).rejects.toMatchObject({ code: 'no-engine' });
});

it('tells what compose said last when it can not start a server', async () => {
  await docker('case "$*" in *up*) echo pulling; echo "manifest unknown" >&2; exit 1;; esac');
  const compose = await Compose.connect(folder, passwords);
  await expect(compose.up('postgres', () => {})).rejects.toThrow(
    'docker compose could not start postgres: manifest unknown',
  );
});
