import { once } from 'node:events';
import { createServer } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import pg from 'pg';
import { AppProcess, migrate, ProviderProcess } from '../spec/services.spec.js';

/** Where the application is killed while the payment is there, and what the provider does to it. */
const appFaults = [
  'before the claim',
  'before the call',
  'after the call',
  'before the record',
  'before the last writes',
  'before the completion',
  'before the answer',
];
const providerFaults = [
  'cut before charging',
  'cut after charging',
  'slow',
  'die before charging',
  'die after charging',
];
const runs = Number(process.env.PAYMENT_RUNS ?? 200);
/** Payments under way at a time: one kill meets all of them, each at its own point. */
const wave = 50;
const seed = Number(process.env.PAYMENT_SEED ?? 20_261_125);

interface Payment {
  readonly reference: string;
  readonly amount: number;
  /** What goes wrong at each try, in order; later tries go well. */
  readonly faults: { readonly app?: string; readonly provider?: string }[];
  readonly met: Set<string>;
  tries: number;
  readonly answers: string[];
}

/** mulberry32: the same seed, the same run. */
function random(state: number): () => number {
  let next = state;
  return () => {
    next = (next + 0x6d2b79f5) | 0;
    let mixed = Math.imul(next ^ (next >>> 15), 1 | next);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function planned(): Payment[] {
  const chance = random(seed);
  const one = (from: readonly string[]): string => from[Math.floor(chance() * from.length)] ?? '';
  const fault = () => (chance() < 0.7 ? { app: one(appFaults) } : { provider: one(providerFaults) });
  const each = [...appFaults.map((app) => ({ app })), ...providerFaults.map((provider) => ({ provider }))];
  return Array.from({ length: runs }, (_, index) => ({
    reference: `order-${index}`,
    amount: 1 + Math.floor(chance() * 100_000),
    // Each kind once, whatever the seed; then as it comes.
    faults: [each[index] ?? fault(), ...(chance() < 0.25 ? [fault()] : [])],
    met: new Set<string>(),
    tries: 0,
    answers: [],
  }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

let database: TestDatabase;
let provider: ProviderProcess;
let ledger: pg.Client;
const apps: AppProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(database.url);
  provider = new ProviderProcess(await freePort(), {
    PROVIDER_DATABASE_URL: database.url,
    PROVIDER_SLOWNESS: '2500',
  });
  await provider.start();
  ledger = new pg.Client(database.url);
  await ledger.connect();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.kill()));
  await provider.close();
  await ledger.end();
  await database.drop();
});

function startApp(): AppProcess {
  const app = new AppProcess({
    DATABASE_URL: database.url,
    PROVIDER_URL: provider.url,
    PROVIDER_TIMEOUT: '2000',
    LEASE_SECONDS: '60',
    POOL_SIZE: String(wave + 5),
  });
  apps.push(app);
  return app;
}

/** One try of one payment, with the next thing that goes wrong. A lost connection is no answer. */
async function attempt(app: AppProcess, payment: Payment): Promise<void> {
  const url = await app.url;
  const fault = payment.faults.shift();
  if (fault?.provider) await provider.plan(payment.reference, fault.provider);
  // A later try meets the provider only where the charge is not recorded yet.
  if (fault?.provider && payment.tries === 0) payment.met.add(fault.provider);
  payment.tries += 1;
  try {
    const response = await fetch(`${url}/payments`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': payment.reference,
        prefer: 'wait=5',
        ...(fault?.app && { 'x-fault': fault.app }),
      },
      body: JSON.stringify({ reference: payment.reference, amount: payment.amount }),
    });
    const body = await response.text();
    if (response.status === 201) payment.answers.push(body);
  } catch {
    // What a client sees of a server that was killed.
  }
  if (fault?.app === undefined) return;
  if (app.isStopped(payment.reference)) payment.met.add(fault.app);
  // The provider died under another payment and took this one's call with it: its own point is still to come.
  else if (payment.answers.length === 0) payment.faults.unshift(fault);
}

/**
 * Kills a process and lets the leases of the dead run out, by the only clock that counts. They are long here, so that no
 * living process loses one because the machine is busy.
 */
async function endLeasesOf(app: AppProcess): Promise<void> {
  await app.kill();
  await ledger.query(
    "UPDATE idempotency_key SET leased_until = now() WHERE status = 'Received' AND owner LIKE $1",
    [`%/${app.pid}/%`],
  );
}

/** Sends what is not answered; once each has its answer or stands still at its point, the process is killed. */
async function round(app: AppProcess, payments: readonly Payment[]): Promise<boolean> {
  const open = new Set(payments);
  const sending = payments.map((payment) => attempt(app, payment).finally(() => open.delete(payment)));
  const answered = Promise.all(sending);
  while ([...open].some(({ reference }) => !app.isStopped(reference))) {
    await Promise.race([app.told, ...[...open].map((payment) => sending[payments.indexOf(payment)])]);
  }
  const kill = open.size > 0;
  if (kill) await endLeasesOf(app);
  await answered;
  return kill;
}

it(`charges each of ${runs} payments once, whoever is killed wherever (seed ${seed})`, async () => {
  const payments = planned();
  let app = startApp();
  let spare = startApp();
  let kills = 0;
  for (let first = 0; first < runs; first += wave) {
    let open = payments.slice(first, first + wave);
    while (open.length > 0) {
      if (await round(app, open)) {
        kills += 1;
        [app, spare] = [spare, startApp()];
      }
      open = open.filter(({ answers, faults }) => answers.length === 0 || faults.length > 0);
    }
  }
  await Promise.all(payments.map((payment) => attempt(app, payment)));

  const charges = await ledger.query('SELECT reference, amount FROM charge');
  const byReference = (rows: { reference: string; amount: number }[]) =>
    rows.map(({ reference, amount }) => `${reference} ${amount}`).sort();
  expect(byReference(charges.rows)).toEqual(byReference(payments));
  const paid = await ledger.query(
    'SELECT payment.reference, payment.amount FROM payment JOIN charge ON charge_id = charge.id',
  );
  expect(byReference(paid.rows)).toEqual(byReference(payments));
  for (const { reference, answers, met } of payments) {
    expect([reference, new Set(answers).size, met.size > 0]).toEqual([reference, 1, true]);
  }
  expect([...new Set(payments.flatMap(({ met }) => [...met]))].sort()).toEqual(
    [...appFaults, ...providerFaults].sort(),
  );
  const asked = await ledger.query(
    'SELECT count(*)::int AS calls, count(DISTINCT key)::int AS keys FROM request',
  );
  expect(asked.rows[0].keys).toBe(runs);
  expect(asked.rows[0].calls).toBeGreaterThan(runs);
  const unfinished = await ledger.query("SELECT FROM idempotency_key WHERE status <> 'Processed'");
  expect(unfinished.rows).toEqual([]);
  expect([kills > 0, provider.deaths > 0]).toEqual([true, true]);
}, 900_000);
