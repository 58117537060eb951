import { metricsRegistry } from './metrics-registry.js';
import { observePool } from './pool-metrics.js';

it('shows busy and idle connections, the limit and who waits, as they are at the scrape', async () => {
  const master = { totalCount: 3, idleCount: 3, waitingCount: 0, options: { max: 5 } };
  observePool({ driver: { master } });
  Object.assign(master, { totalCount: 5, idleCount: 1, waitingCount: 7 });
  const shown = (await metricsRegistry.metrics()).split('\n');
  for (const line of [
    'semel_database_pool_connections{state="idle"} 1',
    'semel_database_pool_connections{state="busy"} 4',
    'semel_database_pool_limit_connections 5',
    'semel_database_pool_waiting_requests 7',
  ])
    expect(shown).toContain(line);
});

it('says what it needs', () => {
  expect(() => observePool({ driver: {} })).toThrow('An initialized TypeORM DataSource');
});
