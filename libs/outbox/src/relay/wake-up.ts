/** A bell that remembers: rung while nobody waits, the next wait returns at once. */
export class WakeUp {
  #rung = false;
  #waiting: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /** Resolves when the bell is rung, or after `milliseconds`; whatever was rung until then is answered by it. */
  async next(milliseconds: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#waiting = undefined;
    }
    this.#rung = false;
  }
}
