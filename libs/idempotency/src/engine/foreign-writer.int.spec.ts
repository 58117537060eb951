import type { Operation } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import type { Effect } from './effect.js';
import { Engine } from './engine.js';

const database = fileDatabase();

const operation: Operation<undefined> = { scope: 'spec', key: 'k', fingerprint: '1:a', input: undefined };

it.each([
  ['the same request', '1:a', 'replayed'],
  ['another request', '1:b', 'mismatched'],
])(
  'leaves no effect when a program without the lock stores the key for %s first',
  async (_, stored, kind) => {
    await database.source.query('TRUNCATE note');
    const effect: Effect<undefined> = async (_operations, transaction) => {
      await transaction.query({ text: "INSERT INTO note (text) VALUES ('ours')" });
      await database.source.query(
        `INSERT INTO idempotency_key (scope, key, status, fingerprint, created_at, expires_at, response_status, response_body)
       VALUES ('spec', 'k', 'Processed', $1, now(), now() + interval '1 day', 201, 'theirs')`,
        [stored],
      );
      return [{ status: 201, body: Buffer.from('ours') }];
    };
    const [outcome] = await new Engine(database.connections).execute([operation], effect);
    expect(outcome).toMatchObject({
      kind,
      ...(kind === 'replayed' && { answer: { body: Buffer.from('theirs') } }),
    });
    expect(await database.source.query('SELECT text FROM note')).toEqual([]);
  },
);
