import { seedCatalogue } from '@semel/contracts';

export const customers = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'] as const;
export const operators = ['olga', 'oskar'] as const;
/** Payments ask nobody who he is: all share one scope. */
export const payer = 'anonymous';

const skus = seedCatalogue.slice(0, 10).map(({ sku }) => sku);

/** What is sold: enough of the first, little of the last, and one that the catalogue lacks. */
export const plentiful = skus.slice(0, 6);
export const scarce = skus.slice(6);
export const unknown = 'NO-SUCH-THING';

/** What each SKU begins with, set by PUT before the storm. */
export const shelf: ReadonlyMap<string, number> = new Map([
  ...plentiful.map((sku) => [sku, 1_000_000] as const),
  ...scarce.map((sku) => [sku, 200] as const),
]);
