/** One measured window of one subject. Times are milliseconds, CPU is microseconds an operation. */
export interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the service's process. It doesn't depend on what else the machine is busy with. */
  readonly serviceCpu?: number;
  readonly postgresCpu?: number;
  readonly kafkaCpu?: number;
  /** Of the driver, in parts of one core: near 1 the driver would be the bottleneck. */
  readonly driverShare?: number;
}

/** All windows of one subject: medians, and the least and the most that was seen. */
export interface Measured {
  readonly name: string;
  readonly median: Sample;
  readonly spread: { readonly perSecond: readonly [number, number]; readonly p99: readonly [number, number] };
  readonly samples: readonly Sample[];
}

/** A figure to reach. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly target: number;
  readonly bound: 'at least' | 'at most';
}

/** Counted in SQL after the load: what was acknowledged is there, once, and nothing else is. */
export interface Exactness {
  readonly subject: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly exact: boolean;
}

export interface RunReport {
  readonly run: string;
  readonly seconds: number;
  readonly measured: readonly Measured[];
  readonly figures: readonly Figure[];
  readonly exactness: readonly Exactness[];
  readonly notes?: readonly string[];
  /** Named series over time, for charts. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
}

export interface Report {
  readonly at: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly runs: readonly RunReport[];
}

export function isReached({ value, target, bound }: Figure): boolean {
  return bound === 'at least' ? value >= target : value <= target;
}

export function summarise(name: string, samples: readonly Sample[]): Measured {
  const numbers = (of: (sample: Sample) => number | undefined): number[] =>
    samples.flatMap((sample) => of(sample) ?? []);
  const rates = numbers(({ perSecond }) => perSecond);
  const tails = numbers(({ p99 }) => p99);
  const optional = (member: 'serviceCpu' | 'postgresCpu' | 'kafkaCpu' | 'driverShare') => {
    const values = numbers((sample) => sample[member]);
    return values.length > 0 ? { [member]: median(values) } : {};
  };
  return {
    name,
    median: {
      perSecond: median(rates),
      p50: median(numbers(({ p50 }) => p50)),
      p99: median(tails),
      ...optional('serviceCpu'),
      ...optional('postgresCpu'),
      ...optional('kafkaCpu'),
      ...optional('driverShare'),
    },
    spread: {
      perSecond: [Math.min(...rates), Math.max(...rates)],
      p99: [Math.min(...tails), Math.max(...tails)],
    },
    samples,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [upper = Number.NaN, lower = upper] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (upper + lower) / 2;
}

/** 0 only if something was measured and every count was right. */
export function statusOf(reports: readonly RunReport[]): number {
  const counts = reports.flatMap(({ exactness }) => exactness);
  return counts.length > 0 && counts.every(({ exact }) => exact) ? 0 : 1;
}
