import type { SystemName } from '../chamber/services.js';
import type { FaultKind } from '../faults/kinds.js';

/** One place of a compiled module, and what stands there instead. It has to be there exactly once. */
interface Edit {
  /** Below the clone's root. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** A bug as somebody could have written it. */
interface Plant {
  readonly what: string;
  /** Where it shows. */
  readonly system: SystemName;
  /** What brings it to light. */
  readonly faults: readonly FaultKind[];
  readonly edits: readonly Edit[];
  /** The invariants of which one at least has to catch it. */
  readonly caughtBy: readonly string[];
}

export type Plants = Readonly<Record<string, Plant>>;
