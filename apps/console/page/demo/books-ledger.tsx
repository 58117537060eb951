import { formatMoney } from '../design/money.js';
import { Ledger } from '../ledger/ledger.js';
import type { LedgerViewProps } from '../ledger/ledger-view.js';
import { doubleChargesSaved } from '../ledger/saved-money.js';
import { stoppedAt } from '../ledger/series.js';
import { invariantsOf } from './books-invariants.js';
import { useBooks } from './use-books.js';

/** The ledger of a demonstration: of all orders there are, whoever placed them, as both databases have them. */
export function BooksLedger({ shop, products, metrics }: LedgerViewProps) {
  const { value: books, failed } = useBooks();
  const currency = products?.[0]?.unitPrice.currency ?? 'EUR';
  const saved = doubleChargesSaved(shop.experiments) + (books?.storm.saved ?? 0);
  return (
    <Ledger
      invariants={books === undefined ? undefined : invariantsOf(books)}
      source="Counted in both databases, every second or two."
      stale={failed}
      figures={[
        { name: 'Duplicates stopped at Order since its start', value: stoppedAt(metrics.latest, 'order') },
        {
          name: 'Duplicates stopped at Inventory since its start',
          value: stoppedAt(metrics.latest, 'inventory'),
        },
        { name: 'Double charging would have cost', value: formatMoney({ amount: saved, currency }) },
        { name: 'Events waiting in the outboxes', value: waiting(books) },
      ]}
      points={metrics.points}
    />
  );
}

function waiting(
  books: { orders: { waitingEvents: number }; reservations: { waitingEvents: number } } | undefined,
) {
  if (books === undefined) return undefined;
  return (books.orders.waitingEvents + books.reservations.waitingEvents).toLocaleString('en');
}
