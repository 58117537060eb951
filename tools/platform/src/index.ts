export { type Authority, makeAuthority } from './authority.js';
export { freePort, isPortFree } from './free-port.js';
export { kafkaVersion } from './kafka/distribution.js';
export { type KafkaOptions, type KafkaServer, prepareKafka, startKafka } from './kafka/kafka-server.js';
export { diskFull, PlatformError, tellsOfFullDisk } from './platform-error.js';
export {
  type PostgresOptions,
  type PostgresServer,
  preparePostgres,
  startPostgres,
} from './postgres/postgres-server.js';
export { birthOf, commandLineOf } from './process-identity.js';
export { type Progress, silent } from './progress.js';
export { type Finished, runToEnd } from './run-to-end.js';
export { type Exit, ServerProcess, type ServerProcessOptions } from './server-process.js';
export { ServiceProcess, type ServiceProcessOptions } from './service-process.js';
export { TcpLink } from './tcp-link.js';
