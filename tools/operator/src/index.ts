export { outbox } from './outbox/outbox.js';
export { parked } from './parked/parked.js';
export { run } from './run.js';
