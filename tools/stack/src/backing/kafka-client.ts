import kafkajs, { type Kafka, type SASLOptions } from 'kafkajs';

/** A client of the stack itself, silent: whoever uses it says what went wrong. TLS and SASL as the environment has them for the services. */
export function kafkaClient(brokers: string, env: NodeJS.ProcessEnv, clientId = 'semel-stack'): Kafka {
  const sasl = saslFrom(env);
  return new kafkajs.Kafka({
    clientId,
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    ssl: env.KAFKA_SSL === 'true',
    ...(sasl !== undefined && { sasl }),
  });
}

function saslFrom(env: NodeJS.ProcessEnv): SASLOptions | undefined {
  const [username, password] = [env.KAFKA_SASL_USERNAME ?? '', env.KAFKA_SASL_PASSWORD ?? ''];
  switch (env.KAFKA_SASL_MECHANISM) {
    case 'plain':
      return { mechanism: 'plain', username, password };
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', username, password };
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', username, password };
    default:
      return undefined;
  }
}
