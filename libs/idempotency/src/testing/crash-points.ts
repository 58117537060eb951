import type { Aim } from './crash.js';
import { followStages } from './line.js';

/** Where an operation can be struck, in the order in which it gets there. */
export const crashPoints = [
  'before the claim',
  'after the claim',
  'in the effect',
  'before the answer is recorded',
  'before the commit',
  'after the commit, before its answer',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** @param nth of `in the effect`: after which of the handler's statements, from 1 */
export function aimAt(point: CrashPoint, nth = 1): Aim {
  return () => {
    const stageOf = followStages();
    let statements = 0;
    return (text) => {
      const stage = stageOf(text);
      if (stage === 'begin') statements = 0;
      if (stage === 'handler') statements += 1;
      switch (point) {
        case 'before the claim':
          return stage === 'begin' ? 'before' : undefined;
        case 'after the claim':
          return stage === 'claimed' ? 'after' : undefined;
        case 'in the effect':
          return stage === 'handler' && statements === nth ? 'after' : undefined;
        case 'before the answer is recorded':
          return stage === 'record' ? 'before' : undefined;
        case 'before the commit':
          return stage === 'commit' ? 'before' : undefined;
        case 'after the commit, before its answer':
          return stage === 'commit' ? 'after' : undefined;
      }
    };
  };
}
