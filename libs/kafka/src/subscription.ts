import type { MessageDecoder, Verdict } from './message.js';
import type { KafkaMessageContext } from './message-context.js';

/** One handler of one topic. Two of them on a topic know nothing of each other. */
export interface Subscription {
  readonly topic: string;
  /** `Controller.method`, for logs and metrics. */
  readonly handler: string;
  readonly batch: boolean;
  readonly decode: MessageDecoder | undefined;
  /** Runs the handler through Nest: guards, interceptors, pipes. Rejects with what it threw. */
  call(payload: unknown, context: KafkaMessageContext): Promise<unknown>;
}

const kinds: ReadonlySet<unknown> = new Set<Verdict['kind']>(['done', 'retry', 'park']);

/** Is this one verdict a message? */
export function areVerdicts(answer: unknown, messages: number): answer is Verdict[] {
  return Array.isArray(answer) && answer.length === messages && answer.every(isVerdict);
}

/** By structure: interceptors answer verdicts without knowing this package. */
export function isVerdict(one: unknown): one is Verdict {
  if (typeof one !== 'object' || one === null || !('kind' in one) || !kinds.has(one.kind)) return false;
  if (one.kind === 'done') return true;
  if (!('error' in one && one.error instanceof Error)) return false;
  return one.kind === 'retry' || ('reason' in one && typeof one.reason === 'string');
}
