import { setTimeout as pause } from 'node:timers/promises';
import { testBrokers } from '@semel/platform/testing';
import kafkajs from 'kafkajs';
import { quietIdleConnections } from './idle-connections.js';

/** A window in which an unmended connection sets dozens of timers. */
const windowMs = 100;

async function timersOfAnIdleConnection(): Promise<number> {
  const admin = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.listTopics();
  const timers = jest.spyOn(globalThis, 'setTimeout');
  try {
    await pause(windowMs);
    return timers.mock.calls.length;
  } finally {
    timers.mockRestore();
    await admin.disconnect();
  }
}

it('sets no timers on a connection that has nothing to send, which kafkajs by itself does a thousand times a second', async () => {
  expect(await timersOfAnIdleConnection()).toBeGreaterThan(10);
  quietIdleConnections();
  expect(await timersOfAnIdleConnection()).toBe(0);
});

it('still sends what had to wait for an answer of the requests before it', async () => {
  quietIdleConnections();
  const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const answers = await Promise.all(Array.from({ length: 50 }, () => admin.listTopics()));
  expect(answers).toHaveLength(50);
  await admin.disconnect();
});
