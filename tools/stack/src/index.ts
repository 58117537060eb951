export { stack } from './commands/stack.js';
export { start, type Voice } from './commands/start.js';
export { runningEnvironment } from './running-environment.js';
