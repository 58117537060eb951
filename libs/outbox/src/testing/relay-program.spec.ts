import { once } from 'node:events';
import { settingsOf } from '../options.js';
import { OutboxRelay } from '../relay/outbox-relay.js';

/**
 * A relay in a process of its own, for specs that kill or stop it. It writes a line for each acknowledged request;
 * with DIE=acknowledged it is gone before that request's rows are marked.
 */
const { DATABASE = '', BROKERS = '', DIE, INSTANCE, RELAY = '{}' } = process.env;

const relay = new OutboxRelay(
  settingsOf({
    kafka: { brokers: BROKERS.split(',') },
    source: 'urn:semel:test',
    relay: JSON.parse(RELAY),
    ...(INSTANCE && { instance: INSTANCE }),
    observer: {
      acknowledged: (events) => {
        if (DIE === 'acknowledged') process.kill(process.pid, 'SIGKILL');
        process.stdout.write(`acknowledged ${events}\n`);
      },
      holding: (buckets) => process.stdout.write(`holding ${buckets}\n`),
    },
  }),
  { connectionString: DATABASE },
);
relay.start();
await once(process, 'SIGTERM');
await relay.stop();
