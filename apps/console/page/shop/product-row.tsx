import { type Dispatch, useEffect, useRef } from 'react';
import { formatMoney } from '../design/money.js';
import styles from './product-row.module.css';
import { QuantityStepper } from './quantity-stepper.js';
import type { ShopEvent } from './shop-state.js';
import type { StockedProduct } from './use-catalogue.js';

export interface ProductRowProps {
  readonly product: StockedProduct;
  readonly inCart: number;
  readonly dispatch: Dispatch<ShopEvent>;
}

/** A product, its price, and its stock as it moves. */
export function ProductRow({ product, inCart, dispatch }: ProductRowProps) {
  const { sku, name, unitPrice, stock } = product;
  return (
    <li className={styles.row} data-in-cart={inCart > 0}>
      <div className={styles.what}>
        <span className={styles.name}>{name}</span>
        <span className={styles.facts}>
          <span>{formatMoney(unitPrice)}</span>
          <StockLevel available={stock?.available} reserved={stock?.reserved} />
        </span>
      </div>
      <QuantityStepper
        name={name}
        quantity={inCart}
        onChange={(quantity) => dispatch({ type: 'quantity-set', sku, quantity })}
      />
    </li>
  );
}

interface StockLevelProps {
  readonly available: number | undefined;
  readonly reserved: number | undefined;
}

function StockLevel({ available, reserved }: StockLevelProps) {
  const level = useRef<HTMLSpanElement>(null);
  const before = useRef(available);
  useEffect(() => {
    const moved = before.current !== undefined && before.current !== available;
    before.current = available;
    if (!moved) return;
    level.current?.animate([{ color: 'var(--executed)', fontWeight: 600 }, { color: 'inherit' }], {
      duration: 1_800,
      easing: 'ease-out',
    });
  }, [available]);
  if (available === undefined) return <span className={styles.stock}>no stock known</span>;
  return (
    <span ref={level} className={styles.stock} data-scarce={available < 10}>
      {available === 0 ? 'sold out' : `${available.toLocaleString('en')} left`}
      {reserved !== undefined && reserved > 0 && `, ${reserved.toLocaleString('en')} reserved`}
    </span>
  );
}
