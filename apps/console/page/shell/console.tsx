import { Tabs } from 'radix-ui';
import { useReducer } from 'react';
import { LedgerView } from '../ledger/ledger-view.js';
import { useMetrics } from '../ledger/use-metrics.js';
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

const views = [
  { id: 'shop', name: 'Shop' },
  { id: 'way', name: 'The way of an order' },
  { id: 'ledger', name: 'Ledger' },
] as const;

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
          {views.map(({ id, name }) => (
            <Tabs.Trigger key={id} value={id} className={styles.tab}>
              {name}
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
          <WayView shop={shop} products={catalogue.products} />
        </Tabs.Content>
        <Tabs.Content value="ledger" tabIndex={-1}>
          <LedgerView
            shop={shop}
            products={catalogue.products}
            initialStock={catalogue.initialStock}
            metrics={metrics}
          />
        </Tabs.Content>
      </main>
    </Tabs.Root>
  );
}
