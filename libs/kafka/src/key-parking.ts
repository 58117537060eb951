import type { Delivery } from './delivery.js';
import type { Due } from './due.js';
import { parkingReasons, type ReceivedMessage, type Verdict } from './message.js';
import type { Origin, ParkedKeys, ParkedMessage } from './parked-keys.js';
import type { Subscription } from './subscription.js';

/**
 * One handler's way through a batch where keys are parked whole: what follows a parked message of its key is put aside behind it,
 * unseen by the handler, until the first one was replayed. The memory is told before the parking lot and before the offset, so
 * that a crash in between reads the same messages again and finds them in their places.
 */
export class KeyParking {
  /** Keys with a message that has no final verdict yet: nothing of them may be judged before it. */
  private readonly held = new Set<string>();
  /** Why the memory could not be asked or told: nothing more is handed over in this pass. */
  error: Error | undefined;

  constructor(
    private readonly keys: ParkedKeys,
    private readonly subscription: Subscription,
    private readonly delivery: Delivery,
    private readonly stopped: () => boolean,
  ) {}

  /** The verdicts are by offset; never rejects. */
  async deliver(dues: readonly Due[]): Promise<Map<string, Verdict>> {
    const verdicts = new Map<string, Verdict>();
    for (const stretch of stretches(dues)) {
      if (this.error !== undefined || this.delivery.isHalted || this.stopped()) break;
      try {
        for (const [offset, verdict] of await this.deliverStretch(stretch)) verdicts.set(offset, verdict);
      } catch (error) {
        const { topic } = this.subscription;
        this.error = new Error(`the parked keys of ${topic} could not be asked or told: ${String(error)}`, {
          cause: error,
        });
      }
    }
    return verdicts;
  }

  private async deliverStretch(stretch: readonly Due[]): Promise<Map<string, Verdict>> {
    const { handler: consumer, topic } = this.subscription;
    const open = stretch.filter(({ key }) => key === undefined || !this.held.has(key));
    const names = open.flatMap(({ key }) => key ?? []);
    const first =
      names.length === 0 ? new Map<string, Origin>() : await this.keys.firstOf(consumer, topic, names);
    const mayPass = (due: Due) => {
      const before = due.key === undefined ? undefined : first.get(due.key);
      return before === undefined || isSame(before, due.origin);
    };
    const tried = await this.delivery.deliver(
      open.flatMap((due): ReceivedMessage[] => (due.kind === 'message' && mayPass(due) ? [due.message] : [])),
    );
    const judged = new Map<Due, Verdict>();
    for (const due of open) {
      const verdict = verdictOn(due, mayPass(due), tried);
      if (verdict !== undefined) judged.set(due, verdict);
      const isOpen = verdict === undefined || verdict.kind === 'retry';
      if (isOpen && due.key !== undefined) this.held.add(due.key);
    }
    const parked: ParkedMessage[] = [];
    const freed: Omit<ParkedMessage, 'reason'>[] = [];
    for (const [{ key, origin }, verdict] of judged) {
      if (key === undefined) continue;
      if (verdict.kind === 'park') parked.push({ ...origin, key, reason: verdict.reason });
      if (verdict.kind === 'done' && first.has(key)) freed.push({ ...origin, key });
    }
    if (parked.length > 0) await this.keys.add(consumer, topic, parked);
    if (freed.length > 0) await this.keys.remove(consumer, topic, freed);
    return new Map([...judged].map(([{ sent }, verdict]) => [sent.offset, verdict]));
  }
}

function verdictOn(due: Due, mayPass: boolean, tried: ReadonlyMap<string, Verdict>): Verdict | undefined {
  if (due.kind === 'refused') return { kind: 'park', reason: due.reason, error: due.error };
  if (mayPass) return tried.get(due.sent.offset);
  return {
    kind: 'park',
    reason: parkingReasons.keyParked,
    error: new Error(
      'an earlier message of this key waits in the parking lot: replay or discard that one first',
    ),
  };
}

function isSame(one: Origin, other: Origin): boolean {
  return one.partition === other.partition && one.offset === other.offset;
}

/** Cuts where a key comes again, so that its first message is judged before its second one is looked at. */
function* stretches(dues: readonly Due[]): Generator<Due[]> {
  let stretch: Due[] = [];
  let keys = new Set<string>();
  for (const due of dues) {
    if (due.key !== undefined && keys.has(due.key)) {
      yield stretch;
      stretch = [];
      keys = new Set();
    }
    if (due.key !== undefined) keys.add(due.key);
    stretch.push(due);
  }
  if (stretch.length > 0) yield stretch;
}
