import { Ledger } from '../ledger/ledger.js';
import type { LedgerViewProps } from '../ledger/ledger-view.js';
import { doubleChargesSaved } from '../ledger/saved-money.js';
import { useBooks } from './use-books.js';

/** The ledger of a demonstration: of all orders there are, whoever placed them, as both databases have them. */
export function BooksLedger({ shop, products, metrics }: LedgerViewProps) {
  const { value: books, failed } = useBooks();
  const currency = products?.[0]?.unitPrice.currency ?? 'EUR';
  const saved = doubleChargesSaved(shop.experiments) + (books?.saved ?? 0);
  return (
    <Ledger
      invariants={books?.invariants}
      source="Counted in both databases, every second or two."
      stale={failed}
      saved={{ amount: saved, currency }}
      waitingEvents={books?.waitingEvents}
      metrics={metrics}
    />
  );
}
