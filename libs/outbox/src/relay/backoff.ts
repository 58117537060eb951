/** Exponential back-off with equal jitter, so that relays that failed together don't return together. */
export class Backoff {
  #failures = 0;

  constructor(
    readonly first: number,
    readonly longest: number,
  ) {}

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const full = Math.min(this.longest, this.first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    return full / 2 + (Math.random() * full) / 2;
  }

  reset(): void {
    this.#failures = 0;
  }
}
