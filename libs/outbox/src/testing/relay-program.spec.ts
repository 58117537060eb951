import { once } from 'node:events';
import { writeSync } from 'node:fs';
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
        // Synchronous: nothing is left to be written when the process dies.
        writeSync(1, `acknowledged ${events}\n`);
        if (DIE === 'acknowledged') process.kill(process.pid, 'SIGKILL');
      },
      holding: (buckets) => process.stdout.write(`holding ${buckets}\n`),
    },
  }),
  { connectionString: DATABASE },
);
relay.start();
await once(process, 'SIGTERM');
await relay.stop();
