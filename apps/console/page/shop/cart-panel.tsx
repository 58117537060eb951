import { type Dispatch, useId } from 'react';
import { Button } from '../design/button.js';
import { formatMoney } from '../design/money.js';
import styles from './cart-panel.module.css';
import { QuantityStepper } from './quantity-stepper.js';
import { RepeatActions } from './repeat-actions.js';
import type { ShopEvent, ShopState } from './shop-state.js';
import type { StockedProduct } from './use-catalogue.js';
import type { Experiments } from './use-experiments.js';

export interface CartPanelProps {
  readonly shop: ShopState;
  readonly products: readonly StockedProduct[] | undefined;
  readonly dispatch: Dispatch<ShopEvent>;
  readonly experiments: Experiments;
}

/** The cart and the ways of ordering it. */
export function CartPanel({ shop, products, dispatch, experiments }: CartPanelProps) {
  const heading = useId();
  const bySku = new Map(products?.map((product) => [product.sku, product]));
  const { cart } = shop;
  const total = cart.reduce(
    (sum, { sku, quantity }) => sum + (bySku.get(sku)?.unitPrice.amount ?? 0) * quantity,
    0,
  );
  const currency = products?.[0]?.unitPrice.currency ?? 'EUR';
  const empty = cart.length === 0;
  return (
    <section className={styles.panel} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>Cart</h2>
        <span className={styles.total}>{formatMoney({ amount: total, currency })}</span>
      </div>
      {empty && <p className={styles.empty}>The cart is empty: add a product with its plus.</p>}
      <ul>
        {cart.map(({ sku, quantity }) => {
          const name = bySku.get(sku)?.name ?? sku;
          return (
            <li key={sku} className={styles.line}>
              <span className={styles.product}>{name}</span>
              <QuantityStepper
                name={name}
                quantity={quantity}
                onChange={(next) => dispatch({ type: 'quantity-set', sku, quantity: next })}
              />
            </li>
          );
        })}
      </ul>
      <div className={styles.actions}>
        <Button look="main" disabled={empty} onClick={() => experiments.place(cart)}>
          Place order
        </Button>
        <Button disabled={empty} onClick={() => experiments.doubleClick(cart)}>
          Double-click it
        </Button>
        <Button disabled={empty} onClick={() => experiments.loseAnswer(cart)}>
          Lose the answer
        </Button>
      </div>
      <RepeatActions sent={shop.sent} experiments={experiments} />
    </section>
  );
}
