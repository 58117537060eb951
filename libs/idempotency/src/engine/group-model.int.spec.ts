import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { Operation, Outcome } from '../operation.js';
import { fileDatabase } from '../spec/file-database.spec.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import type { Effect } from './effect.js';
import { Engine } from './engine.js';
import { GroupQueue } from './group-queue.js';

// What a handler does with one operation; each process of the two has its own queue.
const behaviours = ['answers', 'refuses', 'fails', 'throws'] as const;

interface Request {
  readonly key: string;
  readonly body: string;
  readonly behaviour: (typeof behaviours)[number];
  readonly process: 0 | 1;
  /** Turns of the event loop before it is sent, after the one before it. */
  readonly pause: number;
  readonly hangsUp: boolean;
}

interface Sent {
  readonly request: Request;
  readonly outcome: Outcome;
}

const requests = fc.array(
  fc.record<Request>({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    body: fc.constantFrom('x', 'x', 'x', 'y'),
    behaviour: fc.constantFrom('answers', 'answers', 'answers', ...behaviours),
    process: fc.constantFrom(0, 1),
    pause: fc.nat({ max: 3 }),
    hangsUp: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 1, maxLength: 40 },
);

const database = fileDatabase();
/** Of the two processes. */
let sources: readonly DataSource[];

beforeAll(async () => {
  sources = [database.source, await database.connect(4)];
  await database.source.query('CREATE TABLE happened (key text NOT NULL, body text NOT NULL)');
});

/** One statement for all that answer; a culprit's error fails the group, which then has to be split. */
const effect: Effect<Request> = async (operations, transaction) => {
  const writing = operations.filter(
    ({ input }) => input.behaviour === 'answers' || input.behaviour === 'throws',
  );
  await transaction.query({
    text: 'INSERT INTO happened (key, body) SELECT * FROM unnest($1::text[], $2::text[])',
    values: [writing.map(({ key }) => key), writing.map(({ input }) => input.body)],
  });
  if (operations.some(({ input }) => input.behaviour === 'throws')) throw new Error('a culprit');
  return operations.map(({ input: { behaviour, body } }) => {
    if (behaviour === 'fails') return new Error('this one fails');
    return { status: behaviour === 'answers' ? 201 : 409, body: Buffer.from(body) };
  });
};

async function runAll(list: readonly Request[], queues: readonly GroupQueue<Request>[]): Promise<Sent[]> {
  const sent: Promise<Sent>[] = [];
  for (const request of list) {
    for (let turns = 0; turns < request.pause; turns += 1) await turn();
    const operation: Operation<Request> = {
      scope: 'spec',
      key: request.key,
      fingerprint: `1:${request.body}`,
      input: request,
      isWanted: () => !request.hangsUp,
    };
    const queue = queues[request.process];
    if (!queue) throw new Error('There are two.');
    sent.push(queue.submit(operation).then((outcome) => ({ request, outcome })));
  }
  return Promise.all(sent);
}

const leavesAnAnswer = ({ behaviour }: Request): boolean =>
  behaviour === 'answers' || behaviour === 'refuses';

/** The sequential model: of one key's requests, the first that was let in and left an answer decides about all later ones. */
function check(key: string, sent: readonly Sent[], happened: readonly string[]): Request | undefined {
  const executed = sent.filter(({ outcome }) => outcome.kind === 'executed');
  expect(executed.length).toBeLessThanOrEqual(1);
  const [winner] = executed;
  if (winner) expect([key, leavesAnAnswer(winner.request)]).toEqual([key, true]);
  const writes = winner?.request.behaviour === 'answers' ? [winner.request.body] : [];
  expect([key, ...happened]).toEqual([key, ...writes]);
  const answer = winner?.outcome.kind === 'executed' ? winner.outcome.answer : undefined;
  for (const { request, outcome } of sent) {
    switch (outcome.kind) {
      case 'executed':
        break;
      case 'replayed':
        expect(request.body).toBe(winner?.request.body);
        expect(outcome.answer).toEqual(answer);
        break;
      case 'mismatched':
        // Of the winner, or of another body's request that was executing just then and left nothing.
        expect(sent.some((other) => other.request.body !== request.body)).toBe(true);
        break;
      case 'in-flight':
        expect(sent.length).toBeGreaterThan(1);
        break;
      case 'failed':
        expect([key, request.hangsUp || !leavesAnAnswer(request)]).toEqual([key, true]);
    }
  }
  return winner?.request;
}

it(
  'gives, for any interleaving of groups of two processes, the outcomes of one request after the other',
  () =>
    fc.assert(
      fc.asyncProperty(requests, async (list) => {
        await database.source.query('TRUNCATE idempotency_key, happened');
        const engines = sources.map((source) => new Engine(new TypeOrmConnections(source)));
        const queues = engines.map(
          (engine) => new GroupQueue<Request>(engine, effect, { size: 8, inFlight: 2 }),
        );
        const sent = await runAll(list, queues);
        const rows: { key: string; body: string }[] = await database.source.query(
          'SELECT key, body FROM happened',
        );
        for (const key of new Set(list.map((request) => request.key))) {
          const winner = check(
            key,
            sent.filter(({ request }) => request.key === key),
            rows.filter((row) => row.key === key).map(({ body }) => body),
          );
          // Whatever happened before, a retry afterwards is one of a quiet key.
          const retry: Request = {
            key,
            body: 'x',
            behaviour: 'answers',
            process: 1,
            pause: 0,
            hangsUp: false,
          };
          const [{ outcome } = never()] = await runAll([retry], queues);
          const known = winner?.body === 'x' ? 'replayed' : 'mismatched';
          expect([key, outcome.kind]).toEqual([key, winner ? known : 'executed']);
        }
        for (const engine of engines) expect(engine.flights.size).toBe(0);
      }),
      { numRuns: 60 },
    ),
  60_000,
);

function never(): never {
  throw new Error('It was sent.');
}
