export { type Loss, TcpLink } from '../tcp-link.js';
export { exclusiveTopics } from './exclusive-topics.js';
export { testBrokers } from './test-brokers.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { type ReceivedSpan, receiveTraces, type TraceReceiver } from './trace-receiver.js';
export { uniqueName } from './unique-name.js';
