/**
 * How many rows a request carries. A refused request says nothing about which of its events was meant, so the next one
 * carries half as many, until the culprit stands alone; each success doubles it again.
 */
export class PageSize {
  #rows: number;

  constructor(private readonly most: number) {
    this.#rows = most;
  }

  get rows(): number {
    return this.#rows;
  }

  refused(rows: number): void {
    this.#rows = Math.max(1, Math.floor(rows / 2));
  }

  acknowledged(): void {
    this.#rows = Math.min(this.most, this.#rows * 2);
  }
}
