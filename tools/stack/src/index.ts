export { kafkaClient } from './backing/kafka-client.js';
export { stack } from './commands/stack.js';
export { start, type Voice } from './commands/start.js';
export { Books, type BooksView } from './control/books/books.js';
export { invariantsOf } from './control/books/invariants.js';
export { Database } from './control/database.js';
export { type MovementRow, movementsOfOrder } from './control/way/sql/events-of-order.js';
export { localToken } from './local-token.js';
export { runningEnvironment, runningProcesses } from './running-environment.js';
