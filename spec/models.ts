/** A model of one protocol, what must hold of it, and the mutations that must break it. */
export interface Model {
  /** The file in `models/`, and the prefix of its modules. */
  readonly name: string;
  readonly invariants: readonly string[];
  /** Situations that simulated traces have to reach, or the invariants would hold of nothing. */
  readonly witnesses: readonly string[];
  /** Steps of a trace: enough for the faulty part and for coming to rest after it. */
  readonly steps: number;
  /** Traces of the sound protocol. */
  readonly traces: number;
  /**
   * Each mutated module, the invariant that it violates, and the seed of a trace that does: found by simulating from
   * 0x1. Should the model change, the search goes on from there.
   */
  readonly mutations: Readonly<Record<string, { readonly violates: string; readonly seed: string }>>;
  /** Weakened protocols that still hold: what they lack is a second line of defence. */
  readonly stillSound?: readonly string[];
}

export const models: readonly Model[] = [
  {
    name: 'engine',
    invariants: [
      'atMostOneEffect',
      'answeredMeansDone',
      'oneAnswer',
      'ownRequestOnly',
      'refusalsAreRight',
      'refusedRightly',
      'eventIffEffect',
      'effectIffRecord',
      'runsAlone',
      'noStuckLock',
      'nobodyStuck',
    ],
    witnesses: ['someReplay', 'someDoubtResolved', 'someRefusal'],
    steps: 105,
    traces: 120,
    mutations: {
      claim_without_lock: { violates: 'runsAlone', seed: '0x6cbd' },
      claim_without_lock_nor_index: { violates: 'atMostOneEffect', seed: '0x2bb7' },
      look_before_lock: { violates: 'atMostOneEffect', seed: '0x3f97a' },
      record_after_commit: { violates: 'atMostOneEffect', seed: '0x9f18' },
      answer_before_commit: { violates: 'answeredMeansDone', seed: '0x1' },
      effect_outside_transaction: { violates: 'atMostOneEffect', seed: '0x415f' },
      event_after_commit: { violates: 'eventIffEffect', seed: '0x1' },
      no_second_look: { violates: 'refusedRightly', seed: '0x422f88' },
      fingerprint_ignored: { violates: 'ownRequestOnly', seed: '0xad74' },
      doubt_is_success: { violates: 'answeredMeansDone', seed: '0x3a24' },
      no_rollback_on_failure: { violates: 'effectIffRecord', seed: '0x7b35' },
      no_session_timeout: { violates: 'nobodyStuck', seed: '0x1' },
      sweep_before_retention: { violates: 'atMostOneEffect', seed: '0x1832c' },
    },
    stillSound: ['no_unique_index'],
  },
  {
    name: 'relay',
    invariants: ['onlyCommitted', 'publishedIsThere', 'perKeyOrder', 'nothingStays'],
    witnesses: ['someRepeat', 'someTakeOver'],
    steps: 125,
    traces: 60,
    mutations: {
      mark_before_acknowledgement: { violates: 'publishedIsThere', seed: '0x1' },
      cursor_on_id: { violates: 'nothingStays', seed: '0x1' },
      newest_first: { violates: 'perKeyOrder', seed: '0x5a6' },
      sends_past_failures: { violates: 'perKeyOrder', seed: '0x58a' },
    },
  },
  {
    name: 'consumer',
    invariants: ['onceEach', 'perKeyOrder', 'nothingSkipped', 'onlyPoisonParked', 'nothingStays'],
    witnesses: ['someZombie', 'someDeferral'],
    steps: 145,
    traces: 60,
    mutations: {
      offset_before_commit: { violates: 'nothingSkipped', seed: '0x1' },
      inbox_keyed_by_offset: { violates: 'onceEach', seed: '0x1' },
      lock_with_type: { violates: 'perKeyOrder', seed: '0x1f816' },
      busy_is_done: { violates: 'nothingSkipped', seed: '0x12ef2' },
      parking_drops: { violates: 'nothingSkipped', seed: '0x1' },
    },
  },
  {
    name: 'leased',
    invariants: [
      'chargedOnce',
      'oneAnswer',
      'answerStays',
      'answeredMeansCharged',
      'oneWriter',
      'nothingStays',
    ],
    witnesses: ['someTakeOver', 'someLateOwner'],
    steps: 115,
    traces: 100,
    mutations: {
      completion_without_fence: { violates: 'oneAnswer', seed: '0x21965' },
      release_without_fence: { violates: 'answerStays', seed: '0x79a02' },
      key_of_the_attempt: { violates: 'chargedOnce', seed: '0x1' },
    },
  },
];
