import type { KafkaConfig, Message, TopicMessages } from 'kafkajs';
import { SendDeadlineError } from '../errors.js';
import type { PendingRow } from '../sql/read-page.js';
import { headersToSend } from '../stored-headers.js';
import { withDeadline } from './deadline.js';
import { KafkaLink } from './kafka-link.js';
import { protocolErrorOf } from './refusal.js';

/** A row with a payload to send. */
export interface SendableRow extends PendingRow {
  readonly payload: Buffer;
}

/** Sends rows, each try within the deadline; whatever fails cuts its connections, and the next try makes new ones. */
export class Sender {
  #link: Promise<KafkaLink> | undefined;
  #pinging: Promise<void> | undefined;
  #sending = 0;
  #failure: Error | undefined = new Error('not connected yet');

  constructor(
    private readonly config: KafkaConfig,
    private readonly deadline: number,
  ) {}

  /** Why the broker can't be reached; undefined while it can. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves after the broker's acknowledgement of every row. On a rejection, any of them may have been written. */
  async send(rows: readonly SendableRow[]): Promise<void> {
    this.#sending += 1;
    try {
      await this.#within(
        (link) => link.send(topicMessagesOf(rows)),
        () => true,
      );
    } finally {
      this.#sending -= 1;
    }
  }

  /** @throws the broker's refusal of the topic, or what kept it from being asked */
  async requireTopic(topic: string): Promise<void> {
    await this.#within(
      (link) => link.require(topic),
      (error) => protocolErrorOf(error) === undefined,
    );
  }

  /** Looks whether the broker answers, connecting where there is no connection. The result is `failure`. */
  ping(): Promise<void> {
    // A send under way has its own deadline: a ping that fails beside it must not cut it short.
    this.#pinging ??= this.#within(
      (link) => link.ping(),
      () => this.#sending === 0,
    )
      .catch(() => {})
      .finally(() => {
        this.#pinging = undefined;
      });
    return this.#pinging;
  }

  /** Closes in good order, or cuts after a second. */
  async close(): Promise<void> {
    const opened = this.#link;
    this.#link = undefined;
    const link = await opened?.catch(() => undefined);
    if (!link) return;
    await withDeadline(link.close(), 1_000, () => new Error('closing took over a second')).catch(() => {});
    link.sever();
  }

  async #within<Result>(
    work: (link: KafkaLink) => Promise<Result>,
    spoilsLink: (error: unknown) => boolean,
  ): Promise<Result> {
    this.#link ??= this.#open();
    const opening = this.#link;
    try {
      const result = await withDeadline(
        opening.then(work),
        this.deadline,
        () => new SendDeadlineError(this.deadline),
      );
      this.#failure = undefined;
      return result;
    } catch (error) {
      // A broker that refuses is a broker that answers.
      this.#failure = protocolErrorOf(error) === undefined ? asError(error) : undefined;
      if (spoilsLink(error)) this.#cut(opening);
      throw error;
    }
  }

  async #open(): Promise<KafkaLink> {
    const link = new KafkaLink(this.config, this.deadline);
    try {
      await withDeadline(link.connect(), this.deadline, () => new SendDeadlineError(this.deadline));
      return link;
    } catch (error) {
      link.sever();
      throw error;
    }
  }

  #cut(link: Promise<KafkaLink>): void {
    if (this.#link === link) this.#link = undefined;
    void link.then((opened) => opened.sever()).catch(() => {});
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** One entry a topic, its rows in the order given: kafkajs keeps it within each partition's batch. */
function topicMessagesOf(rows: readonly SendableRow[]): TopicMessages[] {
  const messagesOf = new Map<string, Message[]>();
  for (const { topic, key, payload, headers } of rows) {
    const messages = messagesOf.get(topic) ?? [];
    messages.push({ key, value: payload, headers: headersToSend(headers) });
    messagesOf.set(topic, messages);
  }
  return [...messagesOf].map(([topic, messages]) => ({ topic, messages }));
}
