import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import pg from 'pg';
import { testBrokers } from './test-brokers.js';
import { postgresVariable } from './test-database.js';

/**
 * For specs of services whose topics have fixed names: has them to itself until the returned function is called, waiting for its
 * turn where another spec file of the run has one of them, and finds them absent, whatever ran before. Offsets go with a topic.
 */
export async function exclusiveTopics(...topics: string[]): Promise<() => Promise<void>> {
  const turn = new pg.Client({
    connectionString: process.env[postgresVariable],
    application_name: 'semel-test-topics',
  });
  await turn.connect();
  try {
    // One order for all, so that two specs can't wait for each other.
    for (const topic of [...topics].sort()) await turn.query('SELECT pg_advisory_lock($1)', [lockOf(topic)]);
    await removeTopics(topics);
  } catch (error) {
    await turn.end();
    throw error;
  }
  // Ending the session lets go of its locks.
  return () => turn.end();
}

function lockOf(topic: string): string {
  return createHash('sha256').update(`topic ${topic}`).digest().readBigInt64BE(0).toString();
}

async function removeTopics(topics: readonly string[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: testBrokers(), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const present = await presentOf(admin, topics);
    if (present.length > 0) await admin.deleteTopics({ topics: present });
    while ((await presentOf(admin, topics)).length > 0) await delay(50);
  } finally {
    await admin.disconnect();
  }
}

async function presentOf(admin: Admin, topics: readonly string[]): Promise<string[]> {
  const all = new Set(await admin.listTopics());
  return topics.filter((topic) => all.has(topic));
}
