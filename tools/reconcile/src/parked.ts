import { createHash } from 'node:crypto';
import { deadLettersOf } from '@semel/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { Cluster } from './kafka/connection.js';
import { readTopic } from './kafka/read-topic.js';

export interface Parked {
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  readonly digest: string;
}

/** Reads the parking lot of a topic; where there is none, nothing was ever parked. */
export async function readParked(
  cluster: Cluster,
  topic: string,
  take: (parked: Parked) => void,
): Promise<void> {
  const lot = deadLettersOf(topic);
  if (!(await cluster.topics()).includes(lot)) return;
  await readTopic(cluster, lot, async (messages) => {
    for (const { message } of messages) {
      take({
        key: message.key?.toString() ?? '',
        type: headerOf(message, 'ce_type'),
        reason: headerOf(message, 'semel-reason') || 'no reason',
        digest: digestOf(message),
      });
    }
  });
}

export function headerOf({ headers = {} }: KafkaMessage, name: string): string {
  const value = headers[name];
  return String((Array.isArray(value) ? value.at(-1) : value) ?? '');
}

/** What a message has in common with its copies in the parking lot, however often it was replayed: key and value, as sent. */
export function digestOf({ key, value }: KafkaMessage): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(key?.length ?? 0);
  return createHash('sha256')
    .update(length)
    .update(key ?? '')
    .update(value ?? '')
    .digest('base64');
}
