import kafkajs, { type SASLOptions } from 'kafkajs';

/** Those of the contract: what the shop's services say to each other, and what they park. */
const topics = ['purchases', 'reservations'].flatMap((topic) => [topic, `${topic}.dlq`]);

/** Deletes the shop's topics, and with them their groups' offsets. @returns those that were there */
export async function deleteTopics(brokers: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const sasl = saslFrom(env);
  const kafka = new kafkajs.Kafka({
    clientId: 'semel-stack',
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    ssl: env.KAFKA_SSL === 'true',
    ...(sasl !== undefined && { sasl }),
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = await admin.listTopics();
    const doomed = topics.filter((topic) => there.includes(topic));
    if (doomed.length > 0) await admin.deleteTopics({ topics: doomed });
    return doomed;
  } finally {
    await admin.disconnect();
  }
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
