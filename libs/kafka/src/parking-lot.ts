import kafkajs, { type Kafka, type KafkaMessage, type Message, type Producer } from 'kafkajs';
import { sentHeaders } from './headers.js';

const { Partitioners } = kafkajs;

/** A message that can't be processed, and why. */
export interface Parking {
  readonly topic: string;
  readonly partition: number;
  readonly sent: KafkaMessage;
  readonly reason: string;
  readonly error: Error;
}

export function parkingLotOf(topic: string): string {
  return `${topic}.dlq`;
}

/**
 * On a message that was sent again from the parking lot: `<partition>:<offset>` of its `semel-partition` and `semel-offset`, or,
 * where it carries this header already, the same once more.
 */
export const replayHeader = 'semel-replay-of';

const maxErrorLength = 500;
// The messages of one send to one partition travel as one record batch, and brokers refuse one over max.message.bytes
// (1 MiB by default): small loads, and a big message goes alone.
const loadBytes = 262_144;

/** Writes to `<topic>.dlq`: key, value and headers as they were sent, and why in headers of its own. */
export class ParkingLot {
  private readonly producer: Producer;

  constructor(kafka: Kafka) {
    this.producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      // The partition's own back-off takes over after these: a send must not hold a batch for minutes.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2, retries: 4 },
    });
  }

  async open(): Promise<void> {
    await this.producer.connect();
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  /**
   * Parks the messages of one topic, in order. `onParked` is called for each one after all in-sync replicas have it;
   * where it rejects, those that were not named are not known to be parked.
   */
  async park(parkings: readonly Parking[], onParked: (parking: Parking) => void): Promise<void> {
    for (const load of loads(parkings)) {
      const [first] = load;
      if (first === undefined) continue;
      await this.producer.send({
        topic: parkingLotOf(first.topic),
        acks: -1,
        messages: load.map(parkedMessage),
      });
      for (const parking of load) onParked(parking);
    }
  }
}

function loads(parkings: readonly Parking[]): Parking[][] {
  const all: Parking[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const parking of parkings) {
    const size = 1_024 + (parking.sent.key?.length ?? 0) + (parking.sent.value?.length ?? 0);
    if (bytes + size > loadBytes) {
      all.push([]);
      bytes = 0;
    }
    bytes += size;
    all.at(-1)?.push(parking);
  }
  return all;
}

/** The message for the parking lot. A message that was parked before loses the old reasons, not its own headers. */
export function parkedMessage({ topic, partition, sent, reason, error }: Parking): Message {
  return {
    key: sent.key,
    value: sent.value,
    headers: {
      ...sentHeaders(sent.headers),
      'semel-reason': reason,
      'semel-error': oneLine(error.message),
      'semel-topic': topic,
      'semel-partition': String(partition),
      'semel-offset': sent.offset,
    },
  };
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  // By code points, so that no surrogate pair is cut in two.
  const points = Array.from(line);
  return points.length > maxErrorLength ? `${points.slice(0, maxErrorLength - 1).join('')}…` : line;
}
