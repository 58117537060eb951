import { PURCHASES } from '@semel/contracts';
import type { ServiceProcess } from '@semel/platform';
import { type Exactness, type Sample, summarise } from '../report/report.js';
import type { Database, Stage } from '../stage/stage.js';
import { Broker, purchasesDone, workOff } from './backlog.js';
import type { Run } from './run.js';

interface Subject {
  readonly name: string;
  readonly topic: string;
  readonly program: ServiceProcess;
  readonly database: Database;
  /** Events of one window: as many as take it a few seconds. */
  readonly share: number;
  readonly samples: Sample[];
}

/** Purchases that have piled up: Inventory, the bare set-based consumer, and Nest's own. */
export const consume: Run = async (stage, { seconds, rounds, warmUpSeconds }) => {
  const broker = await Broker.connect(await stage.brokers());
  const events = seconds * 2_000;
  const subjects = [
    await start(stage, broker, 'inventory', PURCHASES, 1),
    await start(stage, broker, 'batch-consumer', 'bench-batch', 1),
    // A hundredth as fast: the same number of events would take minutes.
    await start(stage, broker, 'nest-kafka-consumer', 'bench-nest', 0.04),
  ];
  const window = (subject: Subject, count: number): Promise<Sample> =>
    workOff(
      stage,
      [subject.program],
      count,
      () => broker.purchase(subject.topic, count),
      () => purchasesDone(subject.database),
    );
  for (const subject of subjects) {
    const count = Math.ceil(events * subject.share);
    if (warmUpSeconds > 0) await window(subject, count);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const sample = await window(subject, Math.ceil(events * subject.share));
      subject.samples.push(sample);
      stage.say(`round ${round + 1}: ${subject.name} ${Math.round(sample.perSecond)}/s`);
    }
  }
  const exactness = await Promise.all(subjects.map((subject) => exact(subject, broker)));
  await broker.close();
  const measured = subjects.map(({ name, samples }) => summarise(name, samples));
  const [ours = 0, bare = 0, nest = 0] = measured.map(({ median }) => median.perSecond);
  return {
    run: 'consume',
    seconds,
    measured,
    figures: [
      {
        what: 'Inventory’s consumer against the bare set-based one',
        value: ours / bare,
        target: 0.5,
        bound: 'at least',
      },
      { what: 'against Nest’s own', value: ours / nest, target: 30, bound: 'at least' },
    ],
    exactness,
  };
};

async function start(
  stage: Stage,
  broker: Broker,
  name: string,
  topic: string,
  share: number,
): Promise<Subject> {
  await broker.createTopic(topic);
  const database = await stage.database(`bench_${name.replaceAll('-', '_')}`, 'inventory');
  await database.pool.query('UPDATE stock SET available = 1000000000');
  const ours = name === 'inventory';
  const program = await stage.launch({
    name,
    program: ours ? 'inventory' : { baseline: name },
    database,
    environment: ours ? {} : { TOPIC: topic },
  });
  return { name, topic, program, database, share, samples: [] };
}

/** Every purchase of the topic is one reservation of three pieces on two lines, and the stock tells the same. */
async function exact({ name, topic, database }: Subject, broker: Broker): Promise<Exactness> {
  const { rows } = await database.pool.query(`
    SELECT (SELECT count(*)::int FROM reservation WHERE status = 'reserved') AS reservations,
           (SELECT count(*)::int FROM reservation_line) AS lines,
           (SELECT sum(reserved)::int FROM stock) AS reserved,
           (SELECT count(*)::int FROM outbox) AS events`);
  const sent = await broker.count(topic);
  const { reservations: kept, lines, reserved, events } = rows[0];
  const told = name !== 'inventory' || events === sent;
  return {
    subject: name,
    counts: { sent, ...rows[0] },
    exact: kept === sent && lines === 2 * sent && reserved === 3 * sent && told,
  };
}
