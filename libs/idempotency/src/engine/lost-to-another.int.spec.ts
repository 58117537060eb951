import type { Answer, Operation, Outcome } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import { interposeConnections } from '../testing/interpose.js';
import { Engine } from './engine.js';

const database = fileDatabase();

const operation: Operation<undefined> = { scope: 'spec', key: 'k', fingerprint: '1:a', input: undefined };
const answer: Answer = { status: 200, body: Buffer.from('the same for all') };
const effect = async () => [answer];

it('takes an answer for its own only if its own transaction stored it: another may have, after a COMMIT that was lost', async () => {
  let lost = 0;
  let theirs: Outcome | undefined;
  const losing = interposeConnections(database.connections, {
    line: (cut) => ({
      send: async (text, deliver) => {
        if (!/^COMMIT/.test(text) || lost > 0) return deliver();
        lost += 1;
        cut();
        // The lock goes with the connection; the other one comes before our next try.
        do {
          [theirs] = await new Engine(database.connections).execute([operation], effect);
        } while (theirs?.kind === 'in-flight');
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      },
    }),
  });
  const [ours] = await new Engine(losing).execute([operation], effect);
  expect(lost).toBe(1);
  expect(theirs).toMatchObject({ kind: 'executed', answer });
  expect(ours).toMatchObject({ kind: 'replayed', answer });
});
