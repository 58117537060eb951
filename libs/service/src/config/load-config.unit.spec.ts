import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { kafkaConnection } from './kafka-connection.js';
import { loadConfig } from './load-config.js';
import { authVariables, databaseVariables, kafkaVariables, serviceVariables } from './variables.js';

const Environment = z.object({
  ...serviceVariables(3001),
  ...authVariables,
  ...databaseVariables,
  ...kafkaVariables,
});
const good = {
  DATABASE_URL: 'postgres://order:hunter2@localhost:5432/order',
  KAFKA_BROKERS: 'a:9092,b:9093',
  AUTH_JWKS: 'file:///keys/jwks.json',
  AUTH_ISSUER: 'issuer',
  AUTH_AUDIENCE: 'semel',
};
const complaintOf = (env: Record<string, string | undefined>): string => {
  try {
    loadConfig(Environment, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the configuration was taken');
};

it('takes a good environment and fills in the rest', () => {
  expect(loadConfig(Environment, { ...good, LOG_LEVEL: '', PATH: '/bin' })).toEqual({
    ...good,
    KAFKA_BROKERS: ['a:9092', 'b:9093'],
    KAFKA_SSL: false,
    PARK_KEYS: false,
    PORT: 3001,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    MAX_REQUESTS: 1_000,
    SHUTDOWN_TIMEOUT_MS: 15_000,
    DATABASE_POOL_SIZE: 12,
  });
});

it('lists every problem at once: variable, value and cure', () => {
  expect(
    complaintOf({ ...good, PORT: 'http', LOG_LEVEL: 'loud', AUTH_ISSUER: undefined, KAFKA_BROKERS: 'a' }),
  ).toBe(
    [
      '4 environment variables are wrong:',
      'PORT is "http": set it to a port from 0 (any free one) to 65535',
      'LOG_LEVEL is "loud": set it to fatal, error, warn, info, debug, trace or silent',
      'AUTH_ISSUER is missing: set it to the issuer (claim iss) of the access tokens',
      'KAFKA_BROKERS is "a": set it to a comma-separated list of brokers: kafka-1:9092,kafka-2:9092',
    ].join('\n  '),
  );
});

it('never shows a secret value', () => {
  const complaint = complaintOf({ ...good, DATABASE_URL: 'mysql://root:hunter2@db' });
  expect(complaint).toContain('DATABASE_URL is set to a secret value that is not usable');
  expect(complaint).not.toContain('hunter2');
});

it.each([['65536'], ['-1'], ['3001.5'], ['3001 ']])('refuses the port %j', (PORT) => {
  expect(complaintOf({ ...good, PORT })).toContain(`PORT is ${JSON.stringify(PORT)}`);
});

it('makes kafkajs’s connection options, and refuses half a SASL configuration', () => {
  const sasl = { KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
  expect(kafkaConnection(loadConfig(Environment, good))).toEqual({
    brokers: ['a:9092', 'b:9093'],
    ssl: false,
  });
  expect(kafkaConnection(loadConfig(Environment, { ...good, ...sasl, KAFKA_SSL: 'true' }))).toEqual({
    brokers: ['a:9092', 'b:9093'],
    ssl: true,
    sasl: { mechanism: 'scram-sha-256', username: 'u', password: 'p' },
  });
  const half = loadConfig(Environment, { ...good, KAFKA_SASL_USERNAME: 'u' });
  expect(() => kafkaConnection(half)).toThrow(/half configured/);
});
