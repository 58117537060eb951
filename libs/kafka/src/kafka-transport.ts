import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger, type LoggerService } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server, Transport } from '@nestjs/microservices';
import kafkajs, { type Kafka } from 'kafkajs';
import { isNetworkTrouble } from './classify.js';
import { KafkaRetentionError } from './errors.js';
import { GroupConsumer } from './group-consumer.js';
import { callInTrace } from './handler-call.js';
import { HandlerRegistry } from './handler-registry.js';
import { healthOf, type KafkaHealth } from './health.js';
import { quietIdleConnections } from './idle-connections.js';
import { type KafkaLogger, logTo } from './logger.js';
import { type CheckedOptions, checkOptions, type KafkaTransportOptions } from './options.js';
import { ParkingLot } from './parking-lot.js';
import { guarded, guardedClassification, type Surroundings } from './surroundings.js';

export type KafkaTransportEvents = {
  /** The consumer has joined its group, at start or again. */
  joined: () => void;
  /** The consumer died and does not come back: end the process. */
  fatal: (error: Error) => void;
};

/** A Nest transport strategy over kafkajs: batches, commits after the handlers' own, pausing, parking. */
export class KafkaTransport extends Server<KafkaTransportEvents> implements CustomTransportStrategy {
  override readonly transportId = Transport.KAFKA;
  // Nest need not log what a handler threw: the transport does, with what follows from it.
  override readonly propagatesEventHandlerErrors = true;

  private readonly options: CheckedOptions;
  private readonly log: KafkaLogger;
  private readonly kafka: Kafka;
  private readonly lot: ParkingLot;
  private readonly registry: HandlerRegistry;
  private readonly emitter = new EventEmitter();
  private consumer: GroupConsumer | undefined;
  private closing: Promise<void> | undefined;

  /** @throws KafkaOptionsError naming the option, its value and the cure. */
  constructor(options: KafkaTransportOptions) {
    super();
    this.options = checkOptions(options);
    const nestLogger: LoggerService = new Logger(KafkaTransport.name);
    this.log = options.logger ?? nestLogger;
    quietIdleConnections();
    this.kafka = new kafkajs.Kafka({
      logLevel: kafkajs.logLevel.WARN,
      logCreator: logTo(this.log),
      // What takes longer is tried again from further out, where shutting down can interrupt it.
      retry: { initialRetryTime: 200, maxRetryTime: 1_000, multiplier: 2, factor: 0.2, retries: 3 },
      // kafkajs's own 30 s are how long a half-open connection goes unnoticed.
      requestTimeout: 10_000,
      ...options.kafka,
    });
    this.lot = new ParkingLot(this.kafka);
    this.registry = new HandlerRegistry(
      (handler, payload, context) =>
        callInTrace(handler, payload, context, (call) => this.betweenHooks(context, call)),
      options.parkedKeys !== undefined,
    );
    if (options.onFatal !== undefined) this.on('fatal', options.onFatal);
  }

  /** The consumer group. */
  get group(): string {
    return this.options.groupId;
  }

  /** The topics that are consumed. */
  get topics(): readonly string[] {
    return this.options.topics.map(({ topic }) => topic);
  }

  /**
   * Each handler is kept on its own. Nest would chain a topic's handlers by `next` and run them as one, so that one's
   * failure became the other's retry.
   */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    this.registry.add(pattern, callback, isEventHandler, extras);
    if (typeof pattern === 'string' && !this.messageHandlers.has(pattern))
      this.messageHandlers.set(pattern, callback);
  }

  /**
   * Calls back when the group is joined; or, unready, when `startPatienceMs` are over: then it goes on trying, so that a
   * service whose brokers are down still serves what it can. Calls back with a KafkaHandlerError when topics and
   * handlers don't match, with a KafkaRetentionError when a topic outlives the inbox.
   */
  async listen(callback: (error?: Error) => void): Promise<void> {
    const patience = new AbortController();
    try {
      const subscriptions = this.registry.subscriptions(this.options.topics.map(({ topic }) => topic));
      let isStarting = true;
      const settled = new Promise<void>((resolve, reject) => {
        this.consumer = new GroupConsumer(this.kafka, subscriptions, this.lot, this.surroundings(), {
          joined: () => {
            resolve();
            this.emitter.emit('joined');
          },
          fatal: (error) => {
            if (isStarting && error instanceof KafkaRetentionError) return reject(error);
            resolve();
            this.fatal(error);
          },
        });
      });
      this.consumer?.open();
      const late = wait(this.options.startPatienceMs, undefined, { signal: patience.signal }).catch(() => {});
      await Promise.race([settled, late]);
      isStarting = false;
      callback();
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    } finally {
      patience.abort();
    }
  }

  /** Stops fetching, waits for the running handlers, commits what they finished, leaves the group, disconnects. */
  async close(): Promise<void> {
    this.closing ??= this.shutDown();
    await this.closing;
  }

  /** For readiness: is the consumer in its group and do the brokers confirm it? */
  health(): KafkaHealth {
    return healthOf(this.consumer, this.options, this.closing !== undefined);
  }

  override on<Event extends keyof KafkaTransportEvents>(
    event: Event,
    listener: KafkaTransportEvents[Event],
  ): this {
    this.emitter.on(event, listener);
    return this;
  }

  /** The kafkajs client, for what the transport does not do. */
  override unwrap<T = Kafka>(): T {
    // Nest declares the return type as the caller's claim.
    return this.kafka as T;
  }

  private async shutDown(): Promise<void> {
    await this.consumer?.close();
    await this.lot.close();
  }

  private surroundings(): Surroundings {
    const { log, lot, options } = this;
    return {
      options,
      lot,
      logger: log,
      observer: guarded(options.observer ?? {}, log),
      isTransient: guardedClassification(options.isTransient ?? isNetworkTrouble, log),
      isClosing: () => this.closing !== undefined,
    };
  }

  private fatal(error: Error): void {
    if (this.emitter.emit('fatal', error)) return;
    setImmediate(() => {
      throw error;
    });
  }

  /** Nest's processing hooks (instrumentation) may or may not hand back the promise of what they wrap. */
  private betweenHooks<T>(
    context: Parameters<typeof this.onProcessingEndHook>[1],
    call: () => Promise<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = async () => {
        try {
          resolve(await call());
        } catch (error) {
          reject(error);
        } finally {
          this.onProcessingEndHook?.(this.transportId, context);
        }
      };
      this.onProcessingStartHook(this.transportId, context, run);
    });
  }
}
