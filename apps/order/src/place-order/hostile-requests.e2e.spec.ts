import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { RunningOrder } from '../testing/running-order.spec.js';

// The servers of this spec come by testBrokers(), which the file that starts Order calls.

const sku = 'TEA-SENCHA-100';
const good = JSON.stringify({ lines: [{ sku, quantity: 1 }] });

let order: RunningOrder;
beforeAll(async () => {
  order = await RunningOrder.start();
}, 120_000);
afterAll(() => order.stop(), 60_000);

const text = (value: unknown): string => JSON.stringify(value);
const stored = (key: string) =>
  order.rows<{ scope: string; status: number }>(
    'SELECT scope, response_status AS status FROM idempotency_key WHERE key = $1',
    [key],
  );
const orders = async () =>
  Number((await order.rows<{ count: string }>('SELECT count(*) FROM orders'))[0]?.count);

// What SQL, its arrays and its text format might trip over.
const awkward = [
  "'",
  "''",
  "o'neil",
  '"',
  '\\',
  '\\\\',
  "\\'",
  '{}',
  '{a,b}',
  '{"a"}',
  'NULL',
  'null',
  '',
  ' ',
  '$1',
  '%s',
  '--',
  "'; DROP TABLE orders; --",
  '\\x00',
  '\\u0000',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  'é',
  '\u{1f375}',
  '\u202e',
  '\ufeff',
  '\n',
  '\t',
];

const anyText = fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'binary', maxLength: 20 }));
/** How a number may be spelled, rightly or wrongly. */
const anyNumber = fc.constantFrom(
  '1',
  '1.0',
  '10e-1',
  '1E0',
  '0',
  '-0',
  '-1',
  '1.5',
  '1000',
  '1001',
  '01',
  '+1',
  '0x1',
  '1e3',
  '1e400',
  '1e-400',
  'NaN',
  'Infinity',
  '9007199254740993',
  '1.0000000000000000000001',
  '1e99999999999999999999',
  `1${'0'.repeat(400)}`,
  '"1"',
  'null',
  'true',
  '[1]',
);
const anyMember = fc.constantFrom(
  '',
  ',"gift":true',
  ',"__proto__":{"admin":true}',
  ',"constructor":{"prototype":1}',
  ',"note":1',
  ',"note":null',
  ',"lines":[]',
  `,"note":${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `,"note":${text('n'.repeat(2_001))}`,
  ',',
  '}',
);
/** Mostly what is right, so that a body has one thing wrong with it rather than all. */
const mostly = (right: fc.Arbitrary<string>, wrong: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: wrong });
const nearlyGood = fc
  .record({
    sku: mostly(fc.constantFrom(sku, sku, 'NO-SUCH-TEA'), anyText),
    quantity: mostly(fc.constantFrom('1', '1.0', '10e-1', '1E0', '1e3'), anyNumber),
    note: anyText,
    more: mostly(fc.constant(''), anyMember),
  })
  .map(
    (it) => `{"note":${text(it.note)},"lines":[{"sku":${text(it.sku)},"quantity":${it.quantity}}]${it.more}}`,
  );
const anyBody = fc.oneof(
  { weight: 4, arbitrary: nearlyGood },
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

it('answers any body with an order or a refusal that leaves nothing, never with a failure', async () => {
  const met = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(anyBody, async (body) => {
      const key = randomUUID();
      const before = await orders();
      const reply = await order.post('/orders', key, body);
      const unknown = reply.json?.code === 'unknown-product';
      const kind = reply.status === 201 ? 'an order' : reply.json.code;
      met.set(kind, (met.get(kind) ?? 0) + 1);
      if (reply.status === 201 || unknown) {
        expect(await orders()).toBe(before + (unknown ? 0 : 1));
        const again = await order.post('/orders', key, body);
        expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
          reply.status,
          reply.text,
          'true',
        ]);
      } else {
        expect([400, 422]).toContain(reply.status);
        expect(['malformed-json', 'invalid-request']).toContain(reply.json.code);
        expect([await orders(), await stored(key)]).toEqual([before, []]);
        expect((await order.post('/orders', key, good)).status).toBe(201);
      }
    }),
    { seed: 7, numRuns: 120 },
  );
  // What was drawn reached every kind of answer.
  for (const kind of ['an order', 'unknown-product', 'malformed-json', 'invalid-request'])
    expect([kind, (met.get(kind) ?? 0) >= 10]).toEqual([kind, true]);
});

interface Meaning {
  readonly quantity: number;
  readonly note: string;
}
/** The same meaning, spelled in one of many ways. */
const spelled = ({ quantity, note }: Meaning) =>
  fc
    .record({
      quantity: fc.constantFrom(`${quantity}`, `${quantity}.0`, `${quantity}0e-1`, `${quantity}.00E0`),
      escaped: fc.boolean(),
      notesFirst: fc.boolean(),
      twice: fc.boolean(),
      space: fc.constantFrom('', ' ', '\n\t\r '),
    })
    .map((it) => {
      const escaped = [...Array(note.length).keys()]
        .map((at) => `\\u${note.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join('');
      const noted = `"note"${it.space}:${it.escaped ? `"${escaped}"` : text(note)}`;
      const members = [`"lines":[{"quantity":${it.quantity},${it.space}"sku":"${sku}"}]`, noted];
      if (it.notesFirst) members.reverse();
      // Of a member that is there twice the last one counts, for the handler as for the fingerprint.
      const doubled = it.twice ? [`"note":"another"`, ...members] : members;
      return `${it.space}{${doubled.join(`,${it.space}`)}}${it.space}`;
    });
const meaning = fc.record<Meaning>({
  quantity: fc.constantFrom(1, 2, 10),
  note: fc.constantFrom('', '1', ' ', '\u0000', '\ud800', '\ud801', 'é', 'e\u0301', '\\', "'"),
});
const sameOrOther = fc.oneof(
  meaning.map((it): [Meaning, Meaning] => [it, it]),
  fc.tuple(meaning, meaning),
);

it('takes two bodies for the same request if and only if they mean the same', () =>
  fc.assert(
    fc.asyncProperty(
      sameOrOther.chain(([one, two]) =>
        fc.record({
          one: fc.constant(one),
          two: fc.constant(two),
          bodies: fc.tuple(spelled(one), spelled(two)),
        }),
      ),
      async ({ one, two, bodies: [first, second] }) => {
        const key = randomUUID();
        const taken = await order.post('/orders', key, first);
        expect(taken.status).toBe(201);
        const [row] = await order.rows<{ note_json: string }>('SELECT note_json FROM orders WHERE id = $1', [
          taken.json.id,
        ]);
        expect(JSON.parse(row?.note_json ?? 'null')).toBe(one.note);
        const then = await order.post('/orders', key, second);
        const same = one.quantity === two.quantity && one.note === two.note;
        expect([then.status, same ? then.text : then.json.code]).toEqual(
          same ? [201, taken.text] : [422, 'idempotency-key-reused'],
        );
      },
    ),
    { seed: 7, numRuns: 80 },
  ));

it('keeps keys, customers and notes that read like SQL apart, many in one statement', async () => {
  const readable = awkward.filter(
    (it) => /^[\x20-\x7e]+$/.test(it) && it.trim() === it && !it.startsWith('"'),
  );
  const run = randomUUID();
  const asked = readable.flatMap((key, index) =>
    ["o'neil", '{a,b}', 'NULL', '\\', '"x"'].map((customer) => ({
      key: `${key}${run}`,
      customer: `${customer} of ${run}`,
      note: awkward[(index * 5 + customer.length) % awkward.length] ?? '',
    })),
  );
  const replies = await Promise.all(
    asked.map(({ key, customer, note }) =>
      order.post('/orders', key, { lines: [{ sku, quantity: 1 }], note }, { as: customer }),
    ),
  );
  for (const [index, { key, customer, note }] of asked.entries()) {
    const reply = replies[index];
    expect([key, customer, reply?.status, reply?.json.customerId]).toEqual([key, customer, 201, customer]);
    const [row] = await order.rows<{ note_json: string }>('SELECT note_json FROM orders WHERE id = $1', [
      reply?.json.id,
    ]);
    expect(row?.note_json).toBe(text(note));
  }
  expect(new Set(replies.map(({ json }) => json.id)).size).toBe(asked.length);
  for (const { key, customer } of asked.slice(0, 20)) {
    const told = await order.call(`/idempotency-keys/${encodeURIComponent(key)}`, { as: customer });
    expect([told.status, told.json.key, told.json.response]).toEqual([200, key, { status: 201 }]);
  }
});

it.each<[string, string]>([
  ['a SKU in the catalogue’s cursor', `/products?cursor=${encodeURIComponent("'; DROP TABLE orders; --")}`],
  ['NUL in a cursor', '/orders?cursor=%00'],
  ['NUL in an order’s id', '/orders/%00'],
  ['a quote in an order’s id', "/orders/'%20OR%20'1'='1"],
  ['NUL in a key', '/idempotency-keys/%00'],
  ['a lone surrogate’s bytes in a key', '/idempotency-keys/%ed%a0%80'],
  ['NUL in a status', '/orders?status=%00'],
  ['a prototype’s name in a status', '/orders?status=__proto__'],
])('refuses %s with a 4xx', async (_what, path) => {
  const { status } = await order.call(path);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});
