import { Tabs } from 'radix-ui';
import { Suspense, useReducer } from 'react';
import { demoViews } from '../demo/views.js';
import { LedgerView } from '../ledger/ledger-view.js';
import { useMetrics } from '../ledger/use-metrics.js';
import { ParkingView } from '../parking/parking-view.js';
import { emptyShop, shopReducer } from '../shop/shop-state.js';
import { ShopView } from '../shop/shop-view.js';
import { useCatalogue } from '../shop/use-catalogue.js';
import { useExperiments } from '../shop/use-experiments.js';
import { useFollowedOrder } from '../shop/use-followed-order.js';
import { WayView } from '../way/way-view.js';
import styles from './console.module.css';
import { Mark } from './mark.js';
import { ServiceLights } from './service-lights.js';
import { ThemeSwitch } from './theme-switch.js';
import { useView } from './use-view.js';

/** A name's second part is left out where there is no room for it. */
const views = [
  { id: 'shop', name: 'Shop', rest: '' },
  { id: 'way', name: 'Way', rest: ' of an order' },
  ...(demoViews !== undefined ? [{ id: 'break', name: 'Break it', rest: '' }] : []),
  { id: 'ledger', name: 'Ledger', rest: '' },
  { id: 'parking', name: 'Parking', rest: ' lot' },
] as const;

const { BreakView, BooksLedger, TracedLine } = demoViews ?? {};

/** Both databases' books where they can be had, else what the public APIs tell. */
const LedgerOfThisPage = BooksLedger ?? LedgerView;

const viewIds = views.map(({ id }) => id);

/** The whole page: its state lives here, so that changing the view forgets nothing. */
export function Console() {
  const [view, show] = useView(viewIds);
  const [shop, dispatch] = useReducer(shopReducer, emptyShop);
  const experiments = useExperiments(dispatch);
  useFollowedOrder(shop.followed?.id, dispatch);
  const catalogue = useCatalogue(shop.followed?.heard.length);
  const metrics = useMetrics();

  return (
    <Tabs.Root value={view} onValueChange={show} className={styles.console}>
      <header className={styles.header}>
        <a href="#shop" className={styles.name}>
          <Mark />
          Semel
        </a>
        <Tabs.List aria-label="Views" className={styles.tabs}>
          {views.map(({ id, name, rest }) => (
            <Tabs.Trigger key={id} value={id} className={styles.tab}>
              {name}
              <span className={styles.rest}>{rest}</span>
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <div className={styles.tools}>
          <ServiceLights />
          <ThemeSwitch />
        </div>
      </header>
      <main className={styles.main}>
        <Tabs.Content value="shop" tabIndex={-1}>
          <ShopView shop={shop} dispatch={dispatch} experiments={experiments} products={catalogue.products} />
        </Tabs.Content>
        <Tabs.Content value="way" tabIndex={-1}>
          <Suspense>
            <WayView shop={shop} products={catalogue.products} Line={TracedLine} />
          </Suspense>
        </Tabs.Content>
        {BreakView !== undefined && (
          <Tabs.Content value="break" tabIndex={-1}>
            <Suspense>
              <BreakView metrics={metrics} />
            </Suspense>
          </Tabs.Content>
        )}
        <Tabs.Content value="ledger" tabIndex={-1}>
          <Suspense>
            <LedgerOfThisPage
              shop={shop}
              products={catalogue.products}
              initialStock={catalogue.initialStock}
              metrics={metrics}
            />
          </Suspense>
        </Tabs.Content>
        <Tabs.Content value="parking" tabIndex={-1}>
          <ParkingView />
        </Tabs.Content>
      </main>
    </Tabs.Root>
  );
}
