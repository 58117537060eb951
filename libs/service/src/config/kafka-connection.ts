import type { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import type { kafkaVariables } from './variables.js';

/** The part of kafkajs's configuration that tells how to reach the cluster. */
export interface KafkaConnection {
  readonly brokers: string[];
  readonly ssl: boolean;
  readonly sasl?: Credentials<'plain'> | Credentials<'scram-sha-256'> | Credentials<'scram-sha-512'>;
}

/** A type for each mechanism, as kafkajs has it. */
interface Credentials<Mechanism extends string> {
  readonly mechanism: Mechanism;
  readonly username: string;
  readonly password: string;
}

type KafkaSettings = z.output<z.ZodObject<typeof kafkaVariables>>;

/** @throws ConfigurationError where SASL is only half configured */
export function kafkaConnection(settings: KafkaSettings): KafkaConnection {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = settings;
  const reach = { brokers: settings.KAFKA_BROKERS, ssl: settings.KAFKA_SSL };
  if (mechanism === undefined && username === undefined && password === undefined) return reach;
  if (mechanism === undefined || username === undefined || password === undefined) {
    throw new ConfigurationError(
      'SASL is only half configured: set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, or none of them',
    );
  }
  return { ...reach, sasl: { mechanism, username, password } };
}
