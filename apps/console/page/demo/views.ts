import { lazy } from 'react';

/**
 * What only the page of a demonstration's stack has, loaded when it is first shown. The condition is a constant of the build and
 * stands before the imports: the other build does not contain what they name.
 */
export const demoViews =
  import.meta.env.MODE === 'demo'
    ? {
        BreakView: lazy(async () => ({ default: (await import('../break/break-view.js')).BreakView })),
        TracedLine: lazy(async () => ({ default: (await import('./traced-line.js')).TracedLine })),
        BooksLedger: lazy(async () => ({ default: (await import('./books-ledger.js')).BooksLedger })),
      }
    : undefined;
