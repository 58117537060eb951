import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { IdempotencyOptionsError } from '../errors.js';
import type { IncomingMessage } from '../messages/message.js';
import { isMessageContext, type MessageContext, messageOperation } from '../messages/message.js';
import { type Verdict, verdictOf } from '../messages/verdict.js';
import type { EffectResult, Operation, Outcome } from '../operation.js';
import { type Method, withEntry } from './entry.js';
import type { GroupAnswer } from './group-handler.js';
import type { Idempotency } from './idempotency.js';
import type { IdempotentOptions } from './options.js';
import { traceMessages } from './trace-messages.js';
import { traceOutcomes } from './trace-outcome.js';

const done = { status: 200 } as const;

/** Turns the messages of one call into operations, and their outcomes into verdicts for the transport. */
export class MessageDoor {
  private readonly consumer: string;
  private readonly messages: MessageContext['messages'];
  private readonly many: boolean;

  constructor(
    private readonly idempotency: Idempotency,
    private readonly handler: IdempotentOptions,
    context: ExecutionContext,
    private readonly next: CallHandler,
  ) {
    const rpc = context.switchToRpc();
    const source: unknown = rpc.getContext();
    if (!isMessageContext(source)) {
      throw new IdempotencyOptionsError(
        'transport',
        context.getType(),
        'use one whose context tells `messages`.',
      );
    }
    this.consumer = handler.consumer ?? '';
    this.messages = source.messages;
    this.many = isMany(rpc.getData(), source.messages);
  }

  /** @returns a verdict for one message, one for each of many */
  async pass(): Promise<Verdict | Verdict[]> {
    let verdicts: Verdict[] | undefined;
    const entry = {
      enter: async (method: Method, args: readonly unknown[]): Promise<unknown> => {
        verdicts = await this.execute(method, args);
        return this.many ? verdicts : verdicts[0];
      },
    };
    await lastValueFrom(
      withEntry(entry, () => this.next.handle()),
      { defaultValue: undefined },
    );
    // An inner interceptor that answered in the handler's place did so for all.
    const all = verdicts ?? this.messages.map((): Verdict => ({ kind: 'done' }));
    return this.many ? all : (all[0] ?? { kind: 'done' });
  }

  private async execute(method: Method, args: readonly unknown[]): Promise<Verdict[]> {
    const retention = this.handler.retention ?? this.idempotency.options.messageRetention;
    const traced = traceMessages(this.consumer, this.messages);
    const operations = traced.messages.map((message) => messageOperation(this.consumer, message, retention));
    try {
      const outcomes = await traced.within(() =>
        this.idempotency.engine.execute(operations, async (granted, transaction) => {
          if (this.many) return resultsOf(await method(granted, transaction));
          await method(...args);
          return [done];
        }),
      );
      traced.end(operations, outcomes);
      this.tell(operations, outcomes);
      return outcomes.map(verdictOf);
    } catch (error) {
      traced.fail(error);
      throw error;
    }
  }

  private tell(operations: readonly Operation<IncomingMessage>[], outcomes: readonly Outcome[]): void {
    traceOutcomes(this.consumer, outcomes);
    const { observer } = this.idempotency.options;
    if (!observer.answered) return;
    for (const [index, { kind }] of outcomes.entries()) {
      const operation = operations[index];
      if (!operation) continue;
      const { scope, key, input } = operation;
      const { traceparent } = input;
      observer.answered({ scope, key, ...(traceparent !== undefined && { traceparent }) }, kind);
    }
  }
}

/** A handler of many is handed the messages themselves; a plain one a value, which may well be a list. */
function isMany(data: unknown, messages: MessageContext['messages']): boolean {
  return (
    Array.isArray(data) &&
    data.length === messages.length &&
    data.every((item, index) => item === messages[index])
  );
}

/** What a handler of many messages may answer: nothing at all (all done), or one result for each, in order. */
function resultsOf(value: unknown): EffectResult[] {
  if (!Array.isArray(value)) {
    throw new TypeError('A handler of many messages has to answer one result for each, in order.');
  }
  return value.map((result: unknown) => (result instanceof Error ? result : done));
}

/** What a handler of many messages is given: the new ones, in the order of the partition. */
export type MessageOperations<Message extends IncomingMessage> = readonly Operation<Message>[];
/** What it answers for each: an error for one that shall fail alone (a ParkError puts it aside), else anything. */
export type MessageResults = readonly (GroupAnswer | Error)[];
