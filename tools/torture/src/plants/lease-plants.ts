import type { Plants } from './plant.js';

const leased = 'libs/idempotency/dist/leased';
const sql = 'libs/idempotency/dist/sql';

const fenced = `fence = $3::bigint AND status = 'Received' AND leased_until > clock_timestamp()`;
const unfenced = '$3::bigint > 0';

/** Bugs of operations under a lease. */
export const leasePlants: Plants = {
  'lease-without-fence': {
    what: 'an owner whose lease is over goes on: he records, completes, extends and gives back what another has taken over',
    system: 'payments',
    faults: ['pause', 'black-hole'],
    caughtBy: ['acked-key-one-charge', 'key-at-most-one-charge', 'answers-equal', 'replays-marked'],
    edits: [
      { module: `${sql}/hold-lease.js`, from: fenced, to: unfenced },
      { module: `${sql}/complete-lease.js`, from: fenced, to: unfenced },
      {
        module: `${sql}/release-lease.js`,
        from: `SET leased_until = clock_timestamp()
      WHERE scope = $1 AND key = $2 AND ${fenced}`,
        to: `SET leased_until = clock_timestamp()
      WHERE scope = $1 AND key = $2 AND ${unfenced}`,
      },
      {
        module: `${sql}/release-lease.js`,
        from: `DELETE FROM idempotency_key
      WHERE scope = $1 AND key = $2 AND ${fenced}`,
        to: `DELETE FROM idempotency_key
      WHERE scope = $1 AND key = $2 AND ${unfenced}`,
      },
      {
        module: `${sql}/extend-leases.js`,
        from: `AND known.fence = wanted.fence
            AND known.status = 'Received' AND known.leased_until > clock_timestamp()
          FOR NO KEY UPDATE`,
        to: `AND known.status = 'Received'
          FOR NO KEY UPDATE`,
      },
      { module: `${sql}/extend-leases.js`, from: 'AND known.fence = free.fence', to: '' },
      // Nor does his own clock tell him.
      { module: `${leased}/heartbeat.js`, from: 'lease.lose(why)', to: 'undefined' },
      {
        module: `${leased}/lease.js`,
        from: 'Math.max(0, this.over - performance.now())',
        to: 'this.times.lease * 1_000',
      },
    ],
  },
  'step-key-not-derived': {
    what: 'a step that is taken again has another key downstream',
    system: 'payments',
    faults: ['kill', 'lost-answer'],
    caughtBy: ['key-at-most-one-charge'],
    edits: [
      {
        module: `${leased}/derived-key.js`,
        from: 'lengthPrefixed([scope, key, step])',
        to: 'lengthPrefixed([scope, key, step, String(Math.random())])',
      },
    ],
  },
};
