import type { OrderedLine } from '@semel/contracts';
import { Search } from 'lucide-react';
import { type Dispatch, useDeferredValue, useId, useState } from 'react';
import { scrolls } from '../design/scrolls.js';
import styles from './catalogue.module.css';
import { ProductRow } from './product-row.js';
import type { ShopEvent } from './shop-state.js';
import type { StockedProduct } from './use-catalogue.js';

export interface CatalogueProps {
  readonly products: readonly StockedProduct[] | undefined;
  readonly cart: readonly OrderedLine[];
  readonly dispatch: Dispatch<ShopEvent>;
}

/** Everything that the shop sells, with what is left of it. */
export function Catalogue({ products, cart, dispatch }: CatalogueProps) {
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const heading = useId();
  const found = products?.filter(({ name, sku }) => `${name} ${sku}`.toLowerCase().includes(wanted));
  const inCart = new Map(cart.map(({ sku, quantity }) => [sku, quantity]));
  return (
    <section className={styles.catalogue} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>Products</h2>
        <label className={styles.search}>
          <span className="visually-hidden">Search products</span>
          <Search aria-hidden="true" />
          <input
            type="search"
            placeholder={products === undefined ? 'Search' : `Search ${products.length}`}
            value={search}
            onChange={({ target }) => setSearch(target.value)}
          />
        </label>
      </div>
      {found === undefined && <p className={styles.empty}>Waiting for Order’s catalogue.</p>}
      {found?.length === 0 && <p className={styles.empty}>Nothing is called that.</p>}
      <ul className={styles.list} {...scrolls} aria-labelledby={heading}>
        {found?.map((product) => (
          <ProductRow
            key={product.sku}
            product={product}
            inCart={inCart.get(product.sku) ?? 0}
            dispatch={dispatch}
          />
        ))}
      </ul>
    </section>
  );
}
