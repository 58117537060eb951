/** What a driver sends, and how. One request stands for one number, so that a replay is the same request again. */
export interface Plan {
  /** The instances of the service; connections are dealt to them in turn, as a balancer does. */
  readonly urls: readonly string[];
  readonly path: string;
  readonly tokens: readonly string[];
  readonly skus: readonly string[];
  readonly keyPrefix: string;
  /** The number of the first request. */
  readonly first: number;
  /** After so many numbers it begins again: replays. Absent: every request is new. */
  readonly modulus?: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second, whether they are answered or not (open loop). Absent: each connection sends when it got its answer. */
  readonly rate?: number;
  /** Ends after so many requests, if that is earlier. */
  readonly requests?: number;
}

/** Times are milliseconds. In an open loop they begin at the moment when a request was due. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly sent: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer. */
  readonly errors: number;
  readonly firstError?: string;
  /** Different keys that got a 2xx. */
  readonly keys: number;
  /** 2xx that were `Idempotency-Replayed`. */
  readonly replayed: number;
  readonly accepted: Quantiles;
  readonly refused: Quantiles;
  /** 2xx of each second. */
  readonly perSecond: readonly number[];
  /** CPU time of the driver itself, in microseconds. */
  readonly cpu: number;
}
