import type { MessageHandler } from '@nestjs/microservices';
import { KafkaHandlerError } from './errors.js';
import type { MessageDecoder } from './message.js';
import type { KafkaMessageContext } from './message-context.js';
import type { Subscription } from './subscription.js';

type Call = (handler: MessageHandler, payload: unknown, context: KafkaMessageContext) => Promise<unknown>;

/** The handlers that Nest found, and whether they fit the declared topics. */
export class HandlerRegistry {
  private readonly byTopic = new Map<string, Subscription[]>();
  private readonly faults: string[] = [];

  /** @param needsConsumer whether handlers must name themselves, because something durable is kept by their name */
  constructor(
    private readonly call: Call,
    private readonly needsConsumer = false,
  ) {}

  /** What doesn't fit is told by subscriptions(): Nest has no way to report it here. */
  add(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler: boolean,
    extras: Record<string, unknown>,
  ): void {
    if (typeof pattern !== 'string') {
      this.faults.push(`A handler's pattern is ${JSON.stringify(pattern)}: give the topic's name, a string.`);
      return;
    }
    const { decode, batch = false, handler: name, consumer } = extras;
    const nth = this.byTopic.get(pattern)?.length ?? 0;
    const handler = typeof name === 'string' ? name : `handler ${nth + 1} of ${pattern}`;
    if (!isEventHandler) {
      this.faults.push(
        `The handler of "${pattern}" is declared with @MessagePattern(), which would have to reply: declare it with @KafkaEvent().`,
      );
    }
    if (decode !== undefined && !isDecoder(decode)) {
      this.faults.push(
        `The option decode of ${handler} is no function: give a MessageDecoder or leave it out.`,
      );
    }
    if (typeof batch !== 'boolean') {
      this.faults.push(`The option batch of ${handler} is ${JSON.stringify(batch)}: give true or false.`);
    }
    if (this.needsConsumer && typeof consumer !== 'string') {
      this.faults.push(
        `Keys are parked whole, but ${handler} has no name of its own by which they are remembered: give it the option consumer.`,
      );
    }
    const subscription: Subscription = {
      topic: pattern,
      handler,
      batch: batch === true,
      decode: isDecoder(decode) ? decode : undefined,
      call: (payload, context) => this.call(callback, payload, context),
    };
    this.byTopic.set(pattern, [...(this.byTopic.get(pattern) ?? []), subscription]);
  }

  /**
   * The handlers by topic.
   * @throws KafkaHandlerError when a declared topic has no handler, a handler no declared topic, or a handler is unfit.
   */
  subscriptions(topics: readonly string[]): ReadonlyMap<string, readonly Subscription[]> {
    const declared = new Set(topics);
    const faults = [...this.faults];
    for (const topic of topics) {
      if (this.byTopic.has(topic)) continue;
      faults.push(
        `Topic "${topic}" has no handler, its messages would be skipped: declare one with @KafkaEvent("${topic}") or take the topic out of the option "topics".`,
      );
    }
    for (const [topic, handlers] of this.byTopic) {
      if (declared.has(topic)) continue;
      const names = handlers.map(({ handler }) => handler).join(' and ');
      faults.push(
        `${names} listens to topic "${topic}", which is not declared: add it to the option "topics".`,
      );
    }
    if (faults.length > 0) throw new KafkaHandlerError(faults.join(' '));
    return this.byTopic;
  }
}

function isDecoder(value: unknown): value is MessageDecoder {
  return typeof value === 'function';
}
