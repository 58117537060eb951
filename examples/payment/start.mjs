// The example for a person: a PostgreSQL of its own, a payment provider that misbehaves, and the service before it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd, startPostgres } from '@semel/platform';
import pg from 'pg';

const folder = fileURLToPath(new URL('../../.semel/example-payment', import.meta.url));
const dist = fileURLToPath(new URL('dist', import.meta.url));
const say = (line) => process.stdout.write(`${line}\n`);

const database = process.env.DATABASE_URL
  ? undefined
  : await startPostgres({
      dataDirectory: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      onProgress: say,
    });
const url = process.env.DATABASE_URL ?? (await freshDatabase(database.url('postgres')));
const children = new Map();
let stopping = false;

async function freshDatabase(admin) {
  const client = new pg.Client(admin);
  await client.connect();
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'payment'");
  if (rowCount === 0) await client.query('CREATE DATABASE payment');
  await client.end();
  return database.url('payment');
}

async function start(name, file, env) {
  const child = fork(join(dist, file), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.set(name, child);
  child.once('exit', () => {
    children.delete(name);
    if (stopping) return;
    say(`${name} died and is started again`);
    // A port that is taken would otherwise be tried without end and without a pause.
    setTimeout(() => stopping || void start(name, file, env), 300);
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
}

async function stop() {
  if (stopping) return;
  stopping = true;
  await Promise.all(
    [...children.values()].map((child) => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      return exit;
    }),
  );
  await database?.stop();
  process.exit(0);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

const port = process.env.PORT ?? '4000';
const providerPort = process.env.PROVIDER_PORT ?? '4010';
await start('provider', 'provider/main.js', {
  PORT: providerPort,
  PROVIDER_DATABASE_URL: url,
  PROVIDER_FAULTS: process.env.PROVIDER_FAULTS ?? '0.6',
});
const migrated = await runToEnd(process.execPath, [join(dist, 'migrate.js')], {
  env: { ...process.env, DATABASE_URL: url },
  onLeash: true,
});
if (migrated.code !== 0) throw new Error(`The migrations failed: ${migrated.output}`);
await start('payments', 'main.js', {
  PORT: port,
  DATABASE_URL: url,
  PROVIDER_URL: `http://127.0.0.1:${providerPort}`,
});
say(`
Pay, again and again, until it answers 201; then once more. Most calls to the provider go wrong.

  curl -i http://127.0.0.1:${port}/payments -H 'content-type: application/json' -H 'idempotency-key: k1' \\
    -d '{"reference":"order-1","amount":1999}'

How often was it asked, and how often has it charged?

  psql '${url}' -c 'SELECT reference, count(DISTINCT request.key) AS keys, count(*) AS calls,
    (SELECT count(*) FROM charge WHERE charge.key = request.key) AS charges FROM request GROUP BY reference, request.key'

Kill what you like (kill -9 ${children.get('payments')?.pid} is the service): it is started again.
Ready.`);
