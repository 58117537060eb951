import { InvalidArgumentError } from 'commander';

/** A moment as an operator says it: an instant, or how long ago. */
export type Moment = { readonly instant: Date } | { readonly agoMilliseconds: number };

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ISO 8601 with a zone, or `30m`, `12h`, `2d` ago. @throws InvalidArgumentError for anything else */
export function momentIn(text: string): Moment {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return { agoMilliseconds: Number(count) * (units[unit] ?? 0) };
  // Without a zone it would be another moment on another machine.
  const instant = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? new Date(text) : undefined;
  if (instant === undefined || Number.isNaN(instant.getTime())) {
    throw new InvalidArgumentError(
      'Give an instant such as 2026-11-25T09:00:00Z, or how long ago: 30m, 12h, 2d.',
    );
  }
  return { instant };
}

/** @param now of the clock that the moment is compared with */
export function instantOf(moment: Moment, now: Date): Date {
  return 'instant' in moment ? moment.instant : new Date(now.getTime() - moment.agoMilliseconds);
}
