import type { Effect, Settings } from '../stage/stage.js';

/** What became of a promise. */
export interface Finding {
  readonly verdict: 'kept' | 'broken' | 'not offered';
  /** What was seen, for people: counts and status codes. */
  readonly seen: string;
}

export interface Scenario {
  /** What is promised, as a sentence. */
  readonly promise: string;
  /** What happens in it. */
  readonly story: string;
  readonly instances?: 1 | 2;
  /** What its contestants are told by their environment, where it is not the usual. */
  readonly settings?: Partial<Settings>;
  play(effect: Effect): Promise<Finding>;
}

export function judge(kept: boolean, seen: string): Finding {
  return { verdict: kept ? 'kept' : 'broken', seen };
}

export function times(count: number): string {
  return count === 1 ? 'happened once' : `happened ${count} times`;
}

/** Settled by one answer and one effect: what most scenarios must end with. */
export async function once(effect: Effect, status: number, seen = ''): Promise<Finding> {
  const count = await effect.happened();
  return judge(
    count === 1 && status === 201,
    `${seen}${seen && '; '}retry ${told(status)}, effect ${times(count)}`,
  );
}

/** A status as it is told: 0 is none. */
export function told(status: number): string {
  return status === 0 ? 'no answer' : String(status);
}
