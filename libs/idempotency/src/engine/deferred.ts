/** A promise and its ends, for code in which one party waits for what another finds out. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

// Promise.withResolvers needs Node 22.
export function deferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** A promise of one value that is only made if somebody asks for it before the value is known. */
export class Latch<Value> {
  private known: { readonly value: Value } | undefined;
  private waiting: Deferred<Value> | undefined;

  get promise(): Promise<Value> {
    if (this.known) return Promise.resolve(this.known.value);
    this.waiting ??= deferred<Value>();
    return this.waiting.promise;
  }

  /** The first value stays. */
  set(value: Value): void {
    if (this.known) return;
    this.known = { value };
    this.waiting?.resolve(value);
  }
}
