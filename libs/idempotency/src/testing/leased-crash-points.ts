import type { Aim } from './crash.js';

/** Where a leased operation can be struck, in the order in which it gets there. */
export const leasedCrashPoints = [
  'before the claim is committed',
  'after the claim is committed',
  'in a step, after its effect and before its record',
  'after the record of a step',
  'before the completion',
  'after the completion, before its answer',
] as const;

export type LeasedCrashPoint = (typeof leasedCrashPoints)[number];

/** What a transaction of the engine is for. */
type Purpose = 'claim' | 'step' | 'completion';

function purposeOf(text: string): Purpose | undefined {
  if (/INSERT INTO idempotency_step\b/.test(text)) return 'step';
  if (/SET status = 'Processed'/.test(text)) return 'completion';
  // Of a new key, or of one that an owner left: each has a turn of its own.
  return text.includes("nextval('idempotency_fence')") ? 'claim' : undefined;
}

/** @param nth of the points of a step: which of the operation's steps, from 1 */
export function aimAtLeased(point: LeasedCrashPoint, nth = 1): Aim {
  // Each step is recorded over whatever connection the pool gives.
  let steps = 0;
  return () => {
    let purpose: Purpose | undefined;
    return (text) => {
      if (/^\s*BEGIN\b/.test(text)) purpose = undefined;
      const begun = purposeOf(text);
      purpose = begun ?? purpose;
      if (begun === 'step') steps += 1;
      const commits = /^\s*COMMIT\s*$/.test(text) ? purpose : undefined;
      switch (point) {
        case 'before the claim is committed':
          return commits === 'claim' ? 'before' : undefined;
        case 'after the claim is committed':
          return commits === 'claim' ? 'after' : undefined;
        case 'in a step, after its effect and before its record':
          return begun === 'step' && steps === nth ? 'before' : undefined;
        case 'after the record of a step':
          return commits === 'step' && steps === nth ? 'after' : undefined;
        case 'before the completion':
          return begun === 'completion' ? 'before' : undefined;
        case 'after the completion, before its answer':
          return commits === 'completion' ? 'after' : undefined;
      }
    };
  };
}
