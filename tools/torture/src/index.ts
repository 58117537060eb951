export { torture } from './commands/torture.js';
