import { collectDefaultMetrics, Registry } from 'prom-client';

/** All metrics of this process. Names begin with `semel_`. */
export const metricsRegistry = new Registry();

collectDefaultMetrics({ register: metricsRegistry, prefix: 'semel_' });
