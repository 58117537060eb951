import { buckets } from '../bucket.js';
import { migrate, TestOutbox } from '../testing/test-outbox.spec.js';
import { outboxMigrations } from './index.js';

let outbox: TestOutbox;
beforeAll(async () => {
  outbox = await TestOutbox.create();
});
afterAll(() => outbox.drop());

it('makes exactly this schema', async () => {
  const columns = await outbox.rows<{ line: string }>(
    `SELECT format('%s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' NOT NULL' END,
              CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS' END,
              CASE WHEN a.attcollation = (SELECT oid FROM pg_collation WHERE collname = 'C') THEN ' COLLATE "C"' END) AS line
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relname IN ('outbox', 'outbox_lease', 'outbox_relay') AND c.relkind = 'r' AND a.attnum > 0
     ORDER BY c.relname, a.attnum`,
  );
  const indexes = await outbox.rows<{ line: string }>(
    `SELECT indexdef AS line FROM pg_indexes WHERE tablename IN ('outbox', 'outbox_lease', 'outbox_relay') ORDER BY indexname`,
  );
  expect([...columns, ...indexes].map(({ line }) => line)).toMatchInlineSnapshot(`
[
  "outbox.id bigint NOT NULL GENERATED ALWAYS",
  "outbox.topic text NOT NULL COLLATE "C"",
  "outbox.key text NOT NULL COLLATE "C"",
  "outbox.bucket integer NOT NULL",
  "outbox.headers json NOT NULL",
  "outbox.payload bytea NOT NULL",
  "outbox.created_at timestamp with time zone NOT NULL",
  "outbox.published_at timestamp with time zone",
  "outbox.set_aside_at timestamp with time zone",
  "outbox.set_aside_reason text",
  "outbox.set_aside_error text",
  "outbox.replay_of bigint",
  "outbox.discarded_by text",
  "outbox_lease.bucket integer NOT NULL",
  "outbox_lease.relay uuid",
  "outbox_lease.expires_at timestamp with time zone",
  "outbox_relay.id uuid NOT NULL",
  "outbox_relay.instance text",
  "outbox_relay.expires_at timestamp with time zone NOT NULL",
  "CREATE UNIQUE INDEX outbox_lease_pkey ON public.outbox_lease USING btree (bucket)",
  "CREATE INDEX outbox_pending ON public.outbox USING btree (bucket, id) WHERE ((published_at IS NULL) AND (set_aside_at IS NULL))",
  "CREATE UNIQUE INDEX outbox_pkey ON public.outbox USING btree (id)",
  "CREATE INDEX outbox_published ON public.outbox USING btree (published_at) WHERE (published_at IS NOT NULL)",
  "CREATE UNIQUE INDEX outbox_relay_pkey ON public.outbox_relay USING btree (id)",
  "CREATE INDEX outbox_set_aside ON public.outbox USING btree (topic, key) WHERE ((set_aside_at IS NOT NULL) AND (published_at IS NULL))",
]
`);
});

it('has a lease for every bucket', async () => {
  const leases = await outbox.rows<{ bucket: number }>('SELECT bucket FROM outbox_lease ORDER BY bucket');
  expect(leases.map(({ bucket }) => bucket)).toEqual(Array.from({ length: buckets }, (_, n) => n));
});

it('changes nothing when it is run again', async () => {
  await migrate(outbox.url);
  expect(await outbox.rows('SELECT FROM migrations')).toHaveLength(outboxMigrations.length);
});

it('leaves the events of the first version as they were: waiting, published, set aside', async () => {
  await outbox.rows('ALTER TABLE outbox DROP COLUMN replay_of, DROP COLUMN discarded_by');
  await outbox.rows("DELETE FROM migrations WHERE name LIKE 'RememberReplays%'");
  await outbox.rows(
    `INSERT INTO outbox (topic, key, bucket, headers, payload, published_at, set_aside_at, set_aside_reason)
     VALUES ('t', 'waiting', 0, '{}', '1', NULL, NULL, NULL), ('t', 'published', 0, '{}', '2', now(), NULL, NULL),
            ('t', 'aside', 0, '{}', '3', NULL, now(), 'unknown-topic')`,
  );
  const before = await outbox.rows('SELECT * FROM outbox ORDER BY id');
  await migrate(outbox.url);
  const after = await outbox.rows('SELECT * FROM outbox ORDER BY id');
  expect(after).toEqual(before.map((row) => ({ ...row, replay_of: null, discarded_by: null })));
});
