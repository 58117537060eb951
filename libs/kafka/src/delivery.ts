import { type IsTransient, verdictOf } from './classify.js';
import { VerdictsError } from './errors.js';
import type { ReceivedMessage, Verdict } from './message.js';
import { KafkaMessageContext } from './message-context.js';
import { areVerdicts, isVerdict, type Subscription } from './subscription.js';

// So many retries in a row, and the rest would only find the same dependency down.
const retriesThatSayDown = 3;

/**
 * One handler's way through a batch. It remembers the keys that wait: nothing of such a key is handed over again in
 * this pass. A message without a verdict was not tried, or waits for an earlier one of its key.
 */
export class Delivery {
  private readonly waitingKeys = new Set<string>();
  private retriesInARow = 0;
  private halted = false;
  /** The last error that asked for a retry. */
  retryError: Error | undefined;

  constructor(
    private readonly subscription: Subscription,
    private readonly isTransient: IsTransient,
    private readonly stopped: () => boolean,
  ) {}

  /** True once a dependency is evidently down: nothing more is tried in this pass. */
  get isHalted(): boolean {
    return this.halted;
  }

  /** Hands the messages over in order. The verdicts are by offset; never rejects. */
  async deliver(messages: readonly ReceivedMessage[]): Promise<Map<string, Verdict>> {
    const verdicts = new Map<string, Verdict>();
    if (this.subscription.batch) await this.deliverMany(messages, verdicts);
    else await this.deliverEach(messages, verdicts);
    return verdicts;
  }

  private async deliverEach(
    messages: readonly ReceivedMessage[],
    verdicts: Map<string, Verdict>,
  ): Promise<void> {
    for (const message of messages) {
      if (this.halted || this.stopped()) return;
      if (this.waitingKeys.has(message.key)) continue;
      const context = new KafkaMessageContext([message]);
      const verdict = await this.subscription
        .call(message.value, context)
        // An interceptor around the handler may have judged the message itself; any other answer means done.
        .then((answer): Verdict => (isVerdict(answer) ? answer : { kind: 'done' }))
        .catch((thrown: unknown) => this.verdictOf(thrown, context));
      this.settle(message, verdict, verdicts);
    }
  }

  /**
   * The whole group at once. Where it fails by an error that is not transient, its halves, in order: so the culprit
   * ends alone and is parked alone, after at most 2 log2(n) calls for one culprit among n.
   */
  private async deliverMany(
    group: readonly ReceivedMessage[],
    verdicts: Map<string, Verdict>,
  ): Promise<void> {
    const [first, ...rest] = group.filter((message) => !this.waitingKeys.has(message.key));
    if (first === undefined || this.halted || this.stopped()) return;
    const ready = [first, ...rest] as const;
    const context = new KafkaMessageContext(ready);
    const answer = await this.answerOf(ready, context);
    if (answer.kind === 'verdicts') {
      for (const [index, message] of ready.entries()) {
        const verdict = answer.verdicts[index];
        if (verdict !== undefined) this.settle(message, this.inTurn(message, verdict), verdicts);
      }
      this.haltIfDown(answer.verdicts);
      return;
    }
    const verdict = this.verdictOf(answer.thrown, context);
    if (verdict.kind === 'retry') {
      for (const message of ready) this.settle(message, verdict, verdicts);
      this.haltIfDown(ready.map(() => verdict));
      return;
    }
    if (rest.length === 0) {
      this.settle(first, verdict, verdicts);
      return;
    }
    const middle = Math.ceil(ready.length / 2);
    await this.deliverMany(ready.slice(0, middle), verdicts);
    await this.deliverMany(ready.slice(middle), verdicts);
  }

  private async answerOf(
    messages: readonly ReceivedMessage[],
    context: KafkaMessageContext,
  ): Promise<{ kind: 'verdicts'; verdicts: Verdict[] } | { kind: 'thrown'; thrown: unknown }> {
    try {
      const answer = await this.subscription.call(messages, context);
      if (areVerdicts(answer, messages.length)) return { kind: 'verdicts', verdicts: answer };
      throw new VerdictsError(this.subscription.handler, messages.length, answer);
    } catch (thrown) {
      return { kind: 'thrown', thrown };
    }
  }

  private verdictOf(thrown: unknown, context: KafkaMessageContext): Exclude<Verdict, { kind: 'done' }> {
    const { error } = context.failure ?? { error: thrown };
    return verdictOf(error, this.subscription.handler, this.isTransient);
  }

  /** What follows a waiting message of its key can't be judged yet: it waits, rather than be parked too early. */
  private inTurn(message: ReceivedMessage, verdict: Verdict): Verdict {
    if (verdict.kind !== 'park' || !this.waitingKeys.has(message.key)) return verdict;
    return { kind: 'retry', error: verdict.error };
  }

  private haltIfDown(group: readonly Verdict[]): void {
    const allWait = group.every((verdict) => verdict.kind === 'retry');
    if (allWait && group.length >= retriesThatSayDown) this.halted = true;
  }

  private settle(message: ReceivedMessage, verdict: Verdict, verdicts: Map<string, Verdict>): void {
    verdicts.set(message.offset, verdict);
    if (verdict.kind !== 'retry') {
      this.retriesInARow = 0;
      return;
    }
    this.retryError = verdict.error;
    this.waitingKeys.add(message.key);
    this.retriesInARow += 1;
    if (!this.subscription.batch && this.retriesInARow >= retriesThatSayDown) this.halted = true;
  }
}
