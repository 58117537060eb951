import { AsyncLocalStorage } from 'node:async_hooks';

interface Frame {
  readonly of: object;
  readonly value: unknown;
  readonly around: Frame | undefined;
}

// One for all: until Node 24, each storage costs something for every promise that the process makes.
const frames = new AsyncLocalStorage<Frame>();

/** A value that follows the asynchronous calls of a piece of work, as an AsyncLocalStorage of its own would. */
export class Ambient<Value> {
  get(): Value | undefined {
    for (let frame = frames.getStore(); frame; frame = frame.around) {
      // Only run() makes frames that are of this object, and it takes nothing but a Value.
      if (frame.of === this) return frame.value as Value;
    }
    return undefined;
  }

  run<Result>(value: Value, work: () => Result): Result {
    return frames.run({ of: this, value, around: frames.getStore() }, work);
  }
}
