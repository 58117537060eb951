import type { ShopClient } from './shop-client.js';
import type { Teller } from './teller.js';

/** What every chapter is given. */
export interface Tour {
  readonly teller: Teller;
  readonly client: ShopClient;
  readonly environment: Readonly<Record<string, string>>;
  /** Orders that clients of the tour have got an answer for. */
  readonly acknowledged: string[];
}

export type Chapter = (tour: Tour) => Promise<void>;

/** @throws Error where the stack does not say it */
export function variableOf({ environment }: Tour, name: string): string {
  const value = environment[name];
  if (value === undefined) throw new Error(`The stack does not tell its ${name}.`);
  return value;
}
