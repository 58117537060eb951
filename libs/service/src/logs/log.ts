import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { currentLogMembers } from './log-context.js';

export type Log = Logger;

export interface LogOptions {
  /** The service's name. */
  readonly name: string;
  /** Which of several processes of the service this is. */
  readonly instance?: string | undefined;
  readonly level: string;
  /** By default pretty in a terminal and JSON elsewhere. */
  readonly format?: 'pretty' | 'json' | undefined;
}

/** Wherever an object that holds them gets logged, at most one level deep. */
const SECRETS = ['authorization', 'password', 'token', 'cookie', 'connectionString'];
const CENSOR = '[redacted]';

/** A pino log whose lines carry the members of the current work and its trace id. Written synchronously: a crash loses none. */
export function createLog(
  { name, instance, level, format }: LogOptions,
  destination?: DestinationStream,
): Log {
  const options: LoggerOptions = {
    level,
    base: { service: name, ...(instance === undefined ? {} : { instance }), pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((secret) => [secret, `*.${secret}`]), censor: CENSOR },
    serializers: { err: pino.stdSerializers.errWithCause },
    mixin: currentMembers,
  };
  if (destination !== undefined) return pino(options, destination);
  const pretty = format === 'pretty' || (format === undefined && process.stdout.isTTY);
  return pretty ? pino(options, PinoPretty({ sync: true, ignore: 'pid,service,instance' })) : pino(options);
}

/** The same log for lines that hold nothing but texts and numbers: looking into each of them for secrets costs more than writing the line. */
export function flatLines(log: Log): Log {
  return log.child({}, { redact: { paths: SECRETS, censor: CENSOR } });
}

function currentMembers(): object {
  const span = trace.getActiveSpan()?.spanContext();
  const traced = span !== undefined && isSpanContextValid(span) ? { traceId: span.traceId } : {};
  return { ...currentLogMembers(), ...traced };
}
