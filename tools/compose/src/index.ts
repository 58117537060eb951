export { testCompose } from './test-compose.js';
