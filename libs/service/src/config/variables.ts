import { z } from 'zod';
import { variable } from './variable.js';

/** OpenTelemetry's standard variables, as far as a wrong value would go unnoticed: the SDK reads the others itself. */
const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(urlOf('http:', 'https:').optional(), {
    cure: 'the URL of your collector, such as http://collector:4318, or leave it out: no traces are exported',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(urlOf('http:', 'https:').optional(), {
    cure: 'the URL that takes traces, such as http://collector:4318/v1/traces, or leave it out',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: variable(otlpProtocol().optional(), { cure: 'http/protobuf or http/json' }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: variable(otlpProtocol().optional(), {
    cure: 'http/protobuf or http/json',
  }),
  OTEL_SDK_DISABLED: variable(flag().optional(), { cure: 'true or false' }),
  OTEL_TRACES_EXPORTER: variable(z.enum(['otlp', 'none']).optional(), { cure: 'otlp or none' }),
};

/** Where to listen, how to log, where to send traces and how long to take for stopping. */
export function serviceVariables(defaultPort: number) {
  return {
    PORT: variable(wholeNumber(0, 65_535).default(defaultPort), {
      cure: 'a port from 0 (any free one) to 65535',
    }),
    HOST: variable(z.string().default('127.0.0.1'), {
      cure: 'the address to listen on, such as 127.0.0.1 or 0.0.0.0',
    }),
    LOG_LEVEL: variable(
      z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
      {
        cure: 'fatal, error, warn, info, debug, trace or silent',
      },
    ),
    LOG_FORMAT: variable(z.enum(['pretty', 'json']).optional(), {
      cure: 'pretty or json, or leave it out: pretty in a terminal, json elsewhere',
    }),
    SERVICE_INSTANCE: variable(z.string().max(255).optional(), {
      cure: 'a name for this process, such as order-2',
    }),
    MAX_REQUESTS: variable(wholeNumber(1, 100_000).default(1_000), {
      cure: 'how many requests that change something may run at a time, 1 to 100000',
    }),
    SHUTDOWN_TIMEOUT_MS: variable(wholeNumber(0, 600_000).default(15_000), {
      cure: 'the milliseconds that running requests may take after SIGTERM, 0 to 600000',
    }),
    ...traceVariables,
  };
}

/** Whose access tokens are taken. */
export const authVariables = {
  AUTH_JWKS: variable(urlOf('https:', 'http:', 'file:'), {
    cure: 'the URL of the key set of your identity provider: https://…/jwks.json (http: and file: work too)',
  }),
  AUTH_ISSUER: variable(z.string(), { cure: 'the issuer (claim iss) of the access tokens' }),
  AUTH_AUDIENCE: variable(z.string(), { cure: 'the audience (claim aud) of the access tokens' }),
};

/** The service's own database. */
export const databaseVariables = {
  DATABASE_URL: variable(urlOf('postgres:', 'postgresql:'), {
    cure: 'the URL of its PostgreSQL database: postgres://user:password@host:5432/name?sslmode=verify-full',
    secret: true,
  }),
  DATABASE_POOL_SIZE: variable(wholeNumber(4, 500).default(12), {
    cure: 'how many connections this process may hold for requests and messages, 4 to 500; the outbox relay has three of its own',
  }),
};

/** How long what was done is remembered. */
export const idempotencyVariables = {
  IDEMPOTENCY_RETENTION_SECONDS: variable(wholeNumber(60, 31_536_000).default(86_400), {
    cure: 'the seconds for which an Idempotency-Key is kept, 60 to 31536000: longer than any client goes on retrying',
  }),
  MESSAGE_RETENTION_SECONDS: variable(wholeNumber(60, 315_360_000).default(2_592_000), {
    cure: 'the seconds for which a processed message is remembered, 60 to 315360000: longer than its topic keeps messages',
  }),
  // At most as long as the consumers' inboxes remember by default: what is sent again after that would run again.
  OUTBOX_RETENTION_SECONDS: variable(wholeNumber(0, 2_592_000).default(86_400), {
    cure: 'the seconds for which published events are kept, to be sent again on request: 0 to 2592000',
  }),
};

/** The Kafka cluster. */
export const kafkaVariables = {
  KAFKA_BROKERS: variable(
    z
      .string()
      .regex(/^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/)
      .transform((list) => list.split(',')),
    { cure: 'a comma-separated list of brokers: kafka-1:9092,kafka-2:9092' },
  ),
  PARK_KEYS: variable(flag().default(false), {
    cure: 'true to park what follows a parked message of its key behind it, or false',
  }),
  KAFKA_SSL: variable(flag().default(false), { cure: 'true or false' }),
  KAFKA_SASL_MECHANISM: variable(z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(), {
    cure: 'plain, scram-sha-256 or scram-sha-512, or leave it out for no authentication',
  }),
  KAFKA_SASL_USERNAME: variable(z.string().optional(), { cure: 'the user name for SASL' }),
  KAFKA_SASL_PASSWORD: variable(z.string().optional(), { cure: 'the password for SASL', secret: true }),
};

/** A whole number in decimal digits. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
}

/** `true` or `false`. */
export function flag() {
  return z.enum(['true', 'false']).transform((text) => text === 'true');
}

function otlpProtocol() {
  return z.enum(['http/protobuf', 'http/json']);
}

function urlOf(...protocols: string[]) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
}
