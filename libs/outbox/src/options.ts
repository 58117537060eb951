import type { KafkaConfig } from 'kafkajs';
import type { PoolConfig } from 'pg';
import { OutboxOptionsError } from './errors.js';
import type { RelayObserver } from './relay/observer.js';

export interface OutboxOptions {
  /** Brokers, TLS and SASL as kafkajs takes them. Its `retry` is the relay's own affair and ignored. */
  readonly kafka: KafkaConfig;
  /** CloudEvents `source` of every event, a URI reference such as `urn:semel:order`. */
  readonly source: string;
  /**
   * A name that no other running process has, and that a process keeps when it is started again. With it the leases of
   * a predecessor that was killed pass on at once; without it after at most `lease`.
   */
  readonly instance?: string;
  /** For the relay's own three connections. Default: where the application's default TypeORM DataSource connects to. */
  readonly database?: PoolConfig;
  readonly relay?: RelayOptions;
  readonly observer?: RelayObserver;
}

/** Times in milliseconds. */
export interface RelayOptions {
  /** Default true. False: this process appends only, another one relays. */
  readonly enabled?: boolean;
  /** How long at most until events of other processes are seen; its own wake the relay. Default 500. */
  readonly pollInterval?: number;
  /** The least time from one reading of new events to the next, so that busy moments share a request. Default 10. */
  readonly linger?: number;
  /** Rows a request, at most. Default 1000. */
  readonly pageRows?: number;
  /** Bytes a request, at most, below the topics' max.message.bytes (1 MiB unless configured). Default 700,000. */
  readonly pageBytes?: number;
  /** An event above it is set aside without being read into memory. Default 32 MiB. */
  readonly largestEvent?: number;
  /** A send that isn't acknowledged by then is cut off. Default 8,000. */
  readonly sendDeadline?: number;
  /** How long a bucket stays with a relay that gives no sign of life. Default 15,000. */
  readonly lease?: number;
  /** How long published rows are kept. Default 24 hours. */
  readonly keepPublished?: number;
}

export interface OutboxSettings extends OutboxOptions {
  readonly relay: Required<RelayOptions> & { readonly renewInterval: number };
}

const defaults: Required<RelayOptions> = {
  enabled: true,
  pollInterval: 500,
  linger: 10,
  pageRows: 1_000,
  pageBytes: 700_000,
  largestEvent: 32 * 1024 * 1024,
  sendDeadline: 8_000,
  lease: 15_000,
  keepPublished: 24 * 60 * 60 * 1_000,
};

const bounds: Readonly<
  Record<Exclude<keyof RelayOptions, 'enabled'>, readonly [least: number, most: number]>
> = {
  pollInterval: [10, 60_000],
  linger: [0, 1_000],
  pageRows: [1, 10_000],
  pageBytes: [1_000, 100_000_000],
  largestEvent: [1_000, 1_000_000_000],
  sendDeadline: [100, 300_000],
  lease: [500, 600_000],
  keepPublished: [0, 366 * 24 * 60 * 60 * 1_000],
};

/** @throws OutboxOptionsError naming the option, its value and the cure */
export function settingsOf(options: OutboxOptions): OutboxSettings {
  const { kafka, source, instance } = options;
  if (typeof kafka !== 'object' || kafka === null || !hasBrokers(kafka)) {
    throw new OutboxOptionsError('kafka.brokers', kafka?.brokers, 'give at least one "host:port".');
  }
  if (typeof source !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(source)) {
    throw new OutboxOptionsError('source', source, 'give a URI reference such as "urn:semel:order".');
  }
  if (instance !== undefined && (typeof instance !== 'string' || !/^.{1,255}$/.test(instance))) {
    throw new OutboxOptionsError(
      'instance',
      instance,
      'give a name of 1 to 255 characters, or leave it out.',
    );
  }
  return { ...options, relay: relaySettingsOf(options.relay ?? {}) };
}

function hasBrokers({ brokers }: KafkaConfig): boolean {
  return typeof brokers === 'function' || (Array.isArray(brokers) && brokers.length > 0);
}

function relaySettingsOf(given: RelayOptions): OutboxSettings['relay'] {
  const relay = { ...defaults, ...withoutUndefined(given) };
  if (typeof relay.enabled !== 'boolean') {
    throw new OutboxOptionsError('relay.enabled', relay.enabled, 'use true or false.');
  }
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = Object.entries(relay).find(([option]) => option === name)?.[1];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new OutboxOptionsError(`relay.${name}`, value, `use a whole number from ${least} to ${most}.`);
    }
  }
  // A send starts only under a lease that outlasts its deadline, and between two renewals the lease grows old.
  const margin = relay.lease - relay.sendDeadline;
  if (margin < 300) {
    throw new OutboxOptionsError(
      'relay.lease',
      relay.lease,
      `use at least ${relay.sendDeadline + 300}, so that no send (sendDeadline ${relay.sendDeadline}) outlives it.`,
    );
  }
  return { ...relay, renewInterval: Math.min(2_000, Math.floor(margin / 3)) };
}

function withoutUndefined(options: RelayOptions): RelayOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
