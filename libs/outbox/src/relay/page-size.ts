/**
 * How many rows a request carries. A refused request says nothing about which of its events was meant, so the next one
 * carries half as many, until the culprit stands alone; each success doubles it again.
 */
export class PageSize {
  #rows: number;
  #depth = 0;

  constructor(private readonly most: number) {
    this.#rows = most;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * How many rows a bucket may give to a page. Twice its even part, so that a page of a long backlog is filled without
   * looking at all of it (64 buckets with 1,000 rows each took 60 ms); doubled while pages come short, so that one busy
   * key isn't held to a few rows a request.
   */
  rowsOfBucket(buckets: number): number {
    const part = Math.ceil((this.#rows / Math.max(1, buckets)) * 2);
    return Math.min(this.#rows, part * 2 ** this.#depth);
  }

  /** @param candidates how many rows the last page found */
  found(candidates: number): void {
    if (candidates >= this.#rows) this.#depth = Math.max(0, this.#depth - 1);
    else if (candidates > 0) this.#depth = Math.min(7, this.#depth + 1);
  }

  refused(rows: number): void {
    this.#rows = Math.max(1, Math.floor(rows / 2));
  }

  acknowledged(): void {
    this.#rows = Math.min(this.most, this.#rows * 2);
  }
}
