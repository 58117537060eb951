import { drive } from './driver.js';
import type { Plan } from './plan.js';

// A process of its own, so that what it costs is its own CPU time and no garbage collection of the conductor delays it.
process.once('message', (plan: Plan) => {
  void drive(plan).then((result) => process.send?.(result, () => process.disconnect()));
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
