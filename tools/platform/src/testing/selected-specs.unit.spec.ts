import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needsOf } from './selected-specs.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semel-specs-'));
  await mkdir(join(folder, 'src'));
  const write = (name: string, text: string) => writeFile(join(folder, 'src', name), text);
  await write('money.unit.spec.ts', 'testBrokers()');
  await write('store.int.spec.ts', `import { x } from './helper.js';`);
  await write('consumer.int.spec.ts', `import { broker } from './broker.js';`);
  await write('broker.ts', `import { y } from './circle.js'; testBrokers()`);
  await write('helper.ts', `import { y } from './circle.js';`);
  await write('circle.ts', `import { x } from './helper.js';`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['nothing for unit specs', 'money', { postgres: false, kafka: false }],
  ['PostgreSQL alone for a spec that talks to no broker', 'store', { postgres: true, kafka: false }],
  ['Kafka too where an imported file asks for brokers', 'consumer', { postgres: true, kafka: true }],
  ['both for everything', '', { postgres: true, kafka: true }],
  ['nothing where no spec matches', 'nonesuch', { postgres: false, kafka: false }],
])('starts %s', async (_what, pattern, needs) => {
  expect(await needsOf([folder], pattern === '' ? [] : [pattern])).toEqual(needs);
});
