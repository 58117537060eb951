import type { Connection, ConnectionSource } from '../connection.js';
import type { Operation } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import { Engine } from './engine.js';

const database = fileDatabase();

/** Writes down what is sent to the database. */
class Telling implements ConnectionSource {
  readonly statements: string[] = [];
  private readonly connections = database.connections;

  async connect(): Promise<Connection> {
    const connection = await this.connections.connect();
    const { statements } = this;
    return {
      pipelined: connection.pipelined,
      run: (statement) => {
        statements.push(statement.name ?? statement.text);
        return connection.run(statement);
      },
      release: (error) => connection.release(error),
    };
  }
}

const operation = (key: string, fingerprint = '1:a'): Operation<string> => ({
  scope: 'spec',
  key,
  fingerprint,
  input: key,
});

/** A process that numbers its executions. */
function instance(name: string) {
  const telling = new Telling();
  const engine = new Engine(telling);
  let runs = 0;
  const execute = async (...operations: Operation<string>[]) =>
    (
      await engine.execute(operations, async (granted) =>
        granted.map(({ key }) => ({ status: 200, body: Buffer.from(`${name} ${key} ${++runs}`) })),
      )
    ).map((outcome) =>
      outcome.kind === 'executed' || outcome.kind === 'replayed'
        ? `${outcome.kind} ${outcome.answer.body}`
        : outcome.kind,
    );
  return { execute, telling };
}

it('replays what this process executed by one statement, without a transaction or a lock', async () => {
  const { execute, telling } = instance('one');
  await execute(operation('a'), operation('b'));
  telling.statements.length = 0;
  const replays = await Promise.all([
    execute(operation('a')),
    execute(operation('b')),
    execute(operation('a')),
  ]);
  expect(replays.flat()).toEqual(['replayed one a 1', 'replayed one b 2', 'replayed one a 1']);
  expect(telling.statements).toEqual(['semel-confirm-keys']);
});

it('replays from memory what it read from the table, another process having executed it', async () => {
  await instance('one').execute(operation('a'));
  const { execute, telling } = instance('two');
  expect(await execute(operation('a'))).toEqual(['replayed one a 1']);
  telling.statements.length = 0;
  expect(await execute(operation('a'))).toEqual(['replayed one a 1']);
  expect(telling.statements).toEqual(['semel-confirm-keys-one']);
});

it('runs a key again at once that an operator deleted or whose life is over', async () => {
  const { execute } = instance('one');
  await execute(operation('a'));
  await database.source.query('DELETE FROM idempotency_key');
  expect(await execute(operation('a'))).toEqual(['executed one a 2']);
  await database.source.query("UPDATE idempotency_key SET expires_at = now() - interval '1 second'");
  expect(await execute(operation('a'))).toEqual(['executed one a 3']);
});

it('replays the answer of the key’s present life, not the one that it remembers of an earlier one', async () => {
  const { execute } = instance('one');
  await execute(operation('a'));
  await database.source.query('DELETE FROM idempotency_key');
  await instance('two').execute(operation('a'));
  expect(await execute(operation('a'))).toEqual(['replayed two a 1']);
});

it('refuses another request under a key that it remembers', async () => {
  const { execute } = instance('one');
  await execute(operation('a'));
  expect(await execute(operation('a', '1:b'))).toEqual(['mismatched']);
});

it('remembers nothing of what was rolled back', async () => {
  const telling = new Telling();
  const engine = new Engine(telling);
  await engine.execute([operation('a')], async () => {
    throw new Error('no');
  });
  expect(engine.replays.mayKnow(operation('a'))).toBe(false);
});

it('asks the claim where the database fails to confirm, which then tells why', async () => {
  const { execute } = instance('one');
  await execute(operation('a'));
  const broken = new Engine({ connect: () => Promise.reject(new Error('connection refused')) });
  broken.replays.keep(operation('a'), { status: 200, expiresAt: new Date() });
  const [outcome] = await broken.execute([operation('a')], async () => [{ status: 200 }]);
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'idempotency-unavailable' } });
});
