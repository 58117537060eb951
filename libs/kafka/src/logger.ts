import type { LoggerService } from '@nestjs/common';
import kafkajs, { type logCreator } from 'kafkajs';

const { logLevel } = kafkajs;

/** Where the transport writes its sentences; Nest's Logger and every LoggerService fit. */
export type KafkaLogger = Pick<LoggerService, 'log' | 'warn' | 'error' | 'debug'>;

/**
 * Namespaces that report each single failed request. While a broker starts or a coordinator is loading that is normal,
 * kafkajs retries by itself, and what lasts is reported by the consumer: so they only speak at debug level.
 */
const chatter = new Set(['Connection', 'ConnectionPool', 'BrokerPool', 'Broker', 'Cluster', 'RequestQueue']);

/** Routes the logs of kafkajs to the service's logger. */
export function logTo(logger: KafkaLogger): logCreator {
  return () => (entry) => {
    const { message, error } = entry.log;
    const detail = typeof error === 'string' && error !== '' ? `: ${error}` : '';
    const line = `kafkajs ${entry.namespace}: ${message}${detail}`;
    // A crash is reported by the transport itself, with what follows from it.
    const quiet =
      chatter.has(entry.namespace) || message.startsWith('Crash:') || message.startsWith('Restarting');
    if (quiet || entry.level > logLevel.WARN) logger.debug?.(line);
    else logger.warn(line);
  };
}
