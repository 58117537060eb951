import { PURCHASE_PLACED, PURCHASES } from '@semel/contracts';
import type { ServiceProcess } from '@semel/platform';
import { type Exactness, type Sample, summarise } from '../report/report.js';
import type { Database, Stage } from '../stage/stage.js';
import { Broker, workOff } from './backlog.js';
import type { Run } from './run.js';

interface Subject {
  readonly name: string;
  readonly topic: string;
  readonly program: ServiceProcess;
  readonly database: Database;
  readonly samples: Sample[];
  /** Rows that were put into its outbox. */
  appended: number;
}

/** An outbox that has filled up: our relay against the one that locks 100 rows, sends and deletes them. */
export const relay: Run = async (stage, { seconds, rounds, warmUpSeconds }) => {
  const broker = await Broker.connect(await stage.brokers());
  const events = seconds * 3_000;
  const subjects = [
    await start(stage, broker, 'order', PURCHASES),
    await start(stage, broker, 'locking-relay', 'bench-relay'),
  ];
  const window = (subject: Subject): Promise<Sample> =>
    workOff(
      stage,
      [subject.program],
      events,
      () => fill(subject, events),
      async () => subject.appended - (await pending(subject.database)),
    );
  for (const subject of subjects) if (warmUpSeconds > 0) await window(subject);
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const sample = await window(subject);
      subject.samples.push(sample);
      stage.say(`round ${round + 1}: ${subject.name} ${Math.round(sample.perSecond)}/s`);
    }
  }
  const exactness = await Promise.all(
    subjects.map(async ({ name, topic, database, appended }): Promise<Exactness> => {
      const [sent, waiting] = [await broker.count(topic), await pending(database)];
      return {
        subject: name,
        counts: { appended, sent, waiting },
        exact: sent === appended && waiting === 0,
      };
    }),
  );
  await broker.close();
  const measured = subjects.map(({ name, samples }) => summarise(name, samples));
  const [ours = 0, theirs = 0] = measured.map(({ median }) => median.perSecond);
  return {
    run: 'relay',
    seconds,
    measured,
    figures: [
      {
        what: 'the relay against one that locks 100 rows',
        value: ours / theirs,
        target: 3,
        bound: 'at least',
      },
    ],
    exactness,
  };
};

async function start(stage: Stage, broker: Broker, name: string, topic: string): Promise<Subject> {
  await broker.createTopic(topic);
  const database = await stage.database(`bench_relay_${name.replaceAll('-', '_')}`, 'order');
  const ours = name === 'order';
  const program = await stage.launch({
    name: `${name}-relay`,
    program: ours ? 'order' : { baseline: name },
    database,
    environment: ours ? {} : { TOPIC: topic },
  });
  return { name, topic, program, database, samples: [], appended: 0 };
}

/** Rows as Order appends them: each of another key, all 64 buckets, in one transaction. */
async function fill(subject: Subject, count: number): Promise<void> {
  await subject.database.pool.query(
    `INSERT INTO outbox (topic, key, bucket, headers, payload)
     SELECT $1, gen_random_uuid()::text, number % 64,
            json_build_object('ce_specversion', '1.0', 'ce_id', gen_random_uuid(), 'ce_source', 'urn:semel:bench',
                              'ce_type', $3::text, 'ce_time', now(), 'content-type', 'application/json'),
            convert_to(json_build_object('orderId', gen_random_uuid(), 'customerId', 'bench', 'placedAt', now(),
                       'lines', json_build_array(json_build_object('sku', 'COF-PAPER-100', 'quantity', 2)))::text, 'UTF8')
     FROM generate_series(1, $2::int) AS number`,
    [subject.topic, count, PURCHASE_PLACED],
  );
  subject.appended += count;
}

async function pending({ pool }: Database): Promise<number> {
  const { rows } = await pool.query(
    'SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL',
  );
  return rows[0].count;
}
