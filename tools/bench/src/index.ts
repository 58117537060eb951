export { bench } from './commands/bench.js';
