import { type Loss, TcpLink } from '@semel/platform/testing';
import { LeasedDatabase, operation } from './leased-database.spec.js';
import type { LeasedWork } from './leased-engine.js';

const database = new LeasedDatabase();
beforeAll(() => database.create());
beforeEach(() => database.clear());
afterAll(() => database.drop());

const commits = ['the claim', 'a step', 'a write', 'the completion'].map(
  (name, index) => [name, index] as const,
);

describe.each<[string, Loss]>([
  ['before the commit', 'commit request'],
  ['after the commit, before its acknowledgement', 'commit'],
])('a connection that is lost %s', (_when, loss) => {
  it.each(commits)('of %s neither repeats nor loses anything', async (_, spared) => {
    const { link, url } = await TcpLink.to(database.url);
    const behind = await database.instance({}, {}, url);
    const { heal } = link.lose(loss, 1, { spared });
    const calls: string[] = [];
    const insert = (name: string) => ({ text: 'INSERT INTO effect (name) VALUES ($1)', values: [name] });
    const work: LeasedWork<string> = async (leased) => {
      await leased.step('charge', async ({ key }) => calls.push(key));
      await leased.write('ledger', (transaction) => transaction.query(insert('ledger')));
      await leased.finish((transaction) => transaction.query(insert('last')));
      return { status: 201, body: Buffer.from('done') };
    };
    const first = await behind.leased.execute(operation(), work);
    // Only the last writes can't be done again behind the handler's back: the next request does them.
    const lastWritesLost = spared === 3 && loss === 'commit request';
    expect(first).toMatchObject(
      lastWritesLost
        ? { kind: 'failed', error: { transient: true } }
        : { kind: 'executed', answer: { status: 201 } },
    );
    const again = await behind.leased.execute(operation(), work);
    expect(again).toMatchObject({
      kind: lastWritesLost ? 'executed' : 'replayed',
      answer: { status: 201 },
    });
    expect([heal(), calls.length, await database.effects()]).toEqual([1, 1, ['last', 'ledger']]);
    expect(await database.rows('SELECT FROM idempotency_step')).toEqual([]);
    link.close();
  });
});
