/** Bounds work that may hang, and acts when its time is over. */
export class Deadline {
  private readonly timer: NodeJS.Timeout;
  private readonly expired: Promise<never>;

  /** @param onExpiry acts (destroys the connection, say) and answers the error that whoever waits gets */
  constructor(milliseconds: number, onExpiry: () => Error) {
    let reject: (error: Error) => void = () => undefined;
    this.expired = new Promise<never>((_, onReject) => {
      reject = onReject;
    });
    // Whoever waits hears of it through race(); when nobody does, it is no unhandled rejection.
    this.expired.catch(() => undefined);
    this.timer = setTimeout(() => reject(onExpiry()), milliseconds);
  }

  race<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.expired]);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** The promise's value, or `undefined` when it takes longer. */
export async function within<Value>(
  promise: Promise<Value>,
  milliseconds: number,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
