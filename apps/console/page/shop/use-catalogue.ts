import { listPageOf, Product, Stock } from '@semel/contracts';
import { useCallback, useMemo, useRef } from 'react';
import { readAll } from '../api/read.js';
import { usePolled } from '../api/use-polled.js';

export interface StockedProduct extends Product {
  /** Absent while Inventory has not answered, or does not know the SKU. */
  readonly stock: Stock | undefined;
}

const Products = listPageOf(Product);
const Stocks = listPageOf(Stock);

/** The catalogue hardly changes; what is in stock does with each order. */
const CATALOGUE_EVERY_MS = 15_000;
const STOCK_EVERY_MS = 2_000;

/** Order's catalogue with Inventory's stock. Stock is read again at once when `occasion` changes. */
export function useCatalogue(occasion: unknown): {
  readonly products: readonly StockedProduct[] | undefined;
  /** Inventory's stock when the page first saw it. */
  readonly initialStock: readonly Stock[] | undefined;
} {
  const loadProducts = useCallback(
    (signal: AbortSignal) => readAll('order', '/products', Products, signal),
    [],
  );
  const loadStocks = useCallback((signal: AbortSignal) => readAll('inventory', '/stock', Stocks, signal), []);
  const catalogue = usePolled(loadProducts, CATALOGUE_EVERY_MS);
  const stocks = usePolled<readonly Stock[]>(loadStocks, STOCK_EVERY_MS, occasion);
  const products = useMemo(() => {
    const bySku = new Map(stocks.value?.map((stock) => [stock.sku, stock]));
    return catalogue.value?.map((product) => ({ ...product, stock: bySku.get(product.sku) }));
  }, [catalogue.value, stocks.value]);
  const initial = useRef(stocks.value);
  initial.current ??= stocks.value;
  return { products, initialStock: initial.current };
}
