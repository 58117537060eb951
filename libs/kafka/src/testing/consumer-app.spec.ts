import type { INestMicroservice, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { testBrokers, uniqueName } from '@semel/platform/testing';
import kafkajs, { type Admin, type Kafka, type KafkaMessage, type Message, type Producer } from 'kafkajs';
import { KafkaTransport } from '../kafka-transport.js';
import type { KafkaLogger } from '../logger.js';
import type { KafkaTransportOptions } from '../options.js';
import { parkingLotOf } from '../parking-lot.js';
import { untilHosted } from '../topics.js';
import { Journal } from './journal.spec.js';

export const silent: KafkaLogger = { log() {}, warn() {}, error() {}, debug() {} };

/** A topic of its own, with what a test needs around it: a producer, an admin client, consumers that are closed. */
export class Workbench {
  readonly topic = uniqueName('topic');
  readonly group = uniqueName('group');
  readonly kafka: Kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
  readonly producer: Producer = this.kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  readonly admin: Admin = this.kafka.admin();
  private readonly closers: (() => Promise<unknown>)[] = [];

  constructor(readonly partitions = 1) {}

  async open(): Promise<this> {
    await Promise.all([this.producer.connect(), this.admin.connect()]);
    await this.create(this.topic, this.partitions);
    return this;
  }

  async create(topic: string, partitions: number): Promise<void> {
    await this.admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    await untilHosted(this.admin, [{ topic, partitions }]);
  }

  async close(): Promise<void> {
    await Promise.all(this.closers.map((close) => close()));
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
  }

  options(journal: Journal, more: Partial<KafkaTransportOptions> = {}): KafkaTransportOptions {
    return {
      kafka: { brokers: testBrokers() },
      groupId: this.group,
      topics: [{ topic: this.topic, partitions: this.partitions }],
      backoff: { initialMs: 20, maxMs: 100 },
      logger: silent,
      observer: journal,
      maxWaitMs: 50,
      ...more,
    };
  }

  /** Starts a microservice with these controllers; closed with the bench. */
  async consume(
    controllers: Type[],
    more: Partial<KafkaTransportOptions> = {},
  ): Promise<{ journal: Journal; transport: KafkaTransport; app: INestMicroservice }> {
    const journal = new Journal();
    const transport = new KafkaTransport(this.options(journal, more));
    class App {}
    Module({ controllers })(App);
    const app = await NestFactory.createMicroservice(App, {
      strategy: transport,
      logger: false,
      abortOnError: false,
    });
    await app.listen();
    this.closeLater(() => app.close());
    return { journal, transport, app };
  }

  closeLater(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  send(...messages: (Message & { type?: string })[]): Promise<unknown> {
    const typed = messages.map(({ type = 'test.v1', headers, ...message }) => ({
      ...message,
      headers: { ...(type === '' ? {} : { ce_type: type }), ...headers },
    }));
    return this.producer.send({ topic: this.topic, acks: -1, messages: typed });
  }

  /** What is stored for the group: -1 where nothing was committed yet. */
  async committed(partition = 0): Promise<number> {
    const [stored] = await this.admin.fetchOffsets({ groupId: this.group, topics: [this.topic] });
    return Number(stored?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
  }

  /** Resolves once the brokers have dropped every member: a session after the last heartbeat. */
  async untilGroupIsEmpty(): Promise<void> {
    for (;;) {
      const { groups } = await this.admin.describeGroups([this.group]);
      if (groups.every(({ members }) => members.length === 0)) return;
    }
  }

  /** The first so many messages of the parking lot. */
  async parked(count: number): Promise<KafkaMessage[]> {
    const consumer = this.kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: [parkingLotOf(this.topic)], fromBeginning: true });
    const messages: KafkaMessage[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            messages.push(message);
            if (messages.length >= count) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return messages;
  }
}

export function message(key: string, value: unknown): Message & { type?: string } {
  return { key, value: JSON.stringify(value) };
}
