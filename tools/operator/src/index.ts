export { outbox } from './outbox/outbox.js';
export { run } from './run.js';
