import { Ambient } from '../ambient.js';

export type Method = (...args: readonly unknown[]) => unknown;

/** Decides, at the very entry of a decorated method (after guards, interceptors and pipes), how it runs. */
export interface Entry {
  enter(method: Method, args: readonly unknown[]): unknown;
}

const entries = new Ambient<Entry | undefined>();

/** Runs `work`, in which a decorated method is going to be called, with its entry. */
export function withEntry<Result>(entry: Entry, work: () => Result): Result {
  return entries.run(entry, work);
}

/**
 * Claims happen here and not in the interceptor: what pipes refuse has to leave the key free, and pipes run after
 * interceptors.
 */
export function guardEntry(method: Method): Method {
  function entered(this: unknown, ...args: unknown[]): unknown {
    // Inside, other decorated methods that are called directly are plain methods again.
    const call: Method = (...given) => entries.run(undefined, () => Reflect.apply(method, this, given));
    const entry = entries.get();
    return entry ? entry.enter(call, args) : Reflect.apply(method, this, args);
  }
  Object.defineProperty(entered, 'name', { value: method.name, configurable: true });
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), entered);
  }
  return entered;
}
