import type { Dispatch } from 'react';
import { View } from '../design/view.js';
import { CartPanel } from './cart-panel.js';
import { Catalogue } from './catalogue.js';
import { ExperimentLog } from './experiment-log.js';
import { leadOf, titleOf } from './headline.js';
import { OrderPanel } from './order-panel.js';
import type { ShopEvent, ShopState } from './shop-state.js';
import styles from './shop-view.module.css';
import { tallyOf } from './tally.js';
import type { StockedProduct } from './use-catalogue.js';
import type { Experiments } from './use-experiments.js';

export interface ShopViewProps {
  readonly shop: ShopState;
  readonly dispatch: Dispatch<ShopEvent>;
  readonly experiments: Experiments;
  readonly products: readonly StockedProduct[] | undefined;
}

/** Order something, and send it as often as you like. */
export function ShopView({ shop, dispatch, experiments, products }: ShopViewProps) {
  const tally = tallyOf(shop.experiments);
  return (
    <View title={titleOf(tally)} lead={leadOf(tally)}>
      <div className={styles.shop}>
        <div className={styles.catalogue}>
          <Catalogue products={products} cart={shop.cart} dispatch={dispatch} />
        </div>
        <div className={styles.bench}>
          <CartPanel shop={shop} products={products} dispatch={dispatch} experiments={experiments} />
          <OrderPanel shop={shop} onCancel={experiments.cancel} />
          <ExperimentLog experiments={shop.experiments} />
        </div>
      </div>
    </View>
  );
}
