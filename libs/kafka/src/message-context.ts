import { BaseRpcContext } from '@nestjs/microservices';
import type { ReceivedMessage } from './message.js';

/** What `@Ctx()` gives a handler: the messages of this call, one for a plain handler, many for a handler of many. */
export class KafkaMessageContext extends BaseRpcContext<[readonly ReceivedMessage[]]> {
  private reported: { readonly error: unknown } | undefined;

  constructor(messages: readonly [ReceivedMessage, ...ReceivedMessage[]]) {
    super([messages]);
    this.message = messages[0];
  }

  /** The message of a plain handler; the first one of a handler of many. */
  readonly message: ReceivedMessage;

  get messages(): readonly ReceivedMessage[] {
    return this.args[0];
  }

  /**
   * For interceptors: tells the transport the error with which this call is about to fail. Nest's exception layer hands
   * transports a bare `{ status: 'error' }` instead of what was thrown, unless the handler was declared by @KafkaEvent().
   */
  failWith(error: unknown): void {
    this.reported = { error };
  }

  /** What failWith() was told last. */
  get failure(): { readonly error: unknown } | undefined {
    return this.reported;
  }
}
