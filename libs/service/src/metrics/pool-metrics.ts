import { Gauge } from 'prom-client';
import { metricsRegistry } from './metrics-registry.js';

const registers = [metricsRegistry];

/** A pool of node-postgres, as far as it counts. */
interface Pool {
  /** Open connections. */
  readonly totalCount: number;
  readonly idleCount: number;
  /** Who has asked for a connection and has none yet. */
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/** A TypeORM DataSource of type `postgres`. */
interface DataSource {
  readonly driver: object;
}

/** Shows the database connections of this process at each scrape: how many it has, and who waits for one. */
export function observePool(dataSource: DataSource): void {
  const connections = 'semel_database_pool_connections';
  const waiting = 'semel_database_pool_waiting_requests';
  const limit = 'semel_database_pool_limit_connections';
  for (const name of [connections, waiting, limit]) metricsRegistry.removeSingleMetric(name);
  const pool = poolOf(dataSource);
  new Gauge({
    name: connections,
    help: 'Open database connections of this process for requests and messages, by state: busy or idle',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  });
  new Gauge({
    name: waiting,
    help: 'Who waits for a database connection in this process at this moment',
    registers,
    collect() {
      this.set(pool.waitingCount);
    },
  });
  new Gauge({
    name: limit,
    help: 'How many database connections this process may hold for requests and messages',
    registers,
    collect() {
      this.set(pool.options.max);
    },
  });
}

function poolOf({ driver }: DataSource): Pool {
  const pool: unknown = Reflect.get(driver, 'master');
  if (!isPool(pool)) throw new TypeError('An initialized TypeORM DataSource of type "postgres" has a pool.');
  return pool;
}

function isPool(value: unknown): value is Pool {
  return typeof value === 'object' && value !== null && 'waitingCount' in value && 'options' in value;
}
