import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Body, Controller, Inject, Module, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { ambientPool, engineConnectionOptions, migrateIdempotency, PgConnections } from '../pg/index.js';
import { IdempotencyModule } from './idempotency.module.js';
import { Idempotent } from './idempotent.decorator.js';

const notesPool = Symbol('notes pool');
const connections = Symbol('connections');

@Controller('notes')
class NotesController {
  constructor(@Inject(notesPool) private readonly pool: pg.Pool) {}

  @Post()
  @Idempotent()
  async write(@Body() { text }: { text: string }): Promise<{ text: string }> {
    await this.pool.query('INSERT INTO note (text) VALUES ($1)', [text]);
    return { text };
  }
}

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, ...engineConnectionOptions() });
  await migrateIdempotency(pool);
  await pool.query('CREATE TABLE note (text text NOT NULL)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

@Module({
  providers: [{ provide: connections, useFactory: () => new PgConnections(pool) }],
  exports: [connections],
})
class PgModule {}

it.each([
  ['forRoot', () => IdempotencyModule.forRoot({ connections: new PgConnections(pool) })],
  [
    'forRootAsync',
    () => IdempotencyModule.forRootAsync({ imports: [PgModule], connections, useFactory: () => ({}) }),
  ],
])('serves an application without TypeORM: %s', async (name, module) => {
  const testing = await Test.createTestingModule({
    imports: [module()],
    controllers: [NotesController],
    providers: [{ provide: notesPool, useFactory: () => ambientPool(pool) }],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    rawBody: true,
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const post = async (text: string): Promise<[number, string | null]> => {
    const { status, headers } = await fetch(`${url}/notes`, {
      method: 'POST',
      headers: { 'idempotency-key': name + text, 'content-type': 'application/json' },
      body: JSON.stringify({ text: name + text }),
    });
    return [status, headers.get('idempotency-replayed')];
  };
  expect([await post('a'), await post('a')]).toEqual([
    [201, null],
    [201, 'true'],
  ]);
  await app.close();
  const { rows } = await pool.query('SELECT text FROM note WHERE text LIKE $1', [`${name}%`]);
  expect(rows).toEqual([{ text: `${name}a` }]);
});

it('loads no TypeORM with any entry of the package', () => {
  const dist = (entry: string): string => pathToFileURL(join(__dirname, '../../dist', entry)).href;
  const forbid = `export const resolve = (name, context, next) => {
    if (/^typeorm/.test(name)) throw new Error(name + ' was loaded');
    return next(name, context);
  };`;
  const program = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(forbid)}));
    for (const entry of ${JSON.stringify(['index.js', 'pg/index.js', 'testing/index.js'].map(dist))}) await import(entry);
    await import('typeorm').catch(({ message }) => console.log(message));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    cwd: __dirname,
  });
  expect([run.stdout.trim(), run.stderr, run.status]).toEqual(['typeorm was loaded', '', 0]);
});
