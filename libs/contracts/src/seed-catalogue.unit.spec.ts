import { limits } from './limits.js';
import { Product } from './product.js';
import { seedCatalogue } from './seed-catalogue.js';

it('offers at least fifty products, each SKU once, with names and prices of their own', () => {
  expect(seedCatalogue.length).toBeGreaterThanOrEqual(50);
  expect(new Set(seedCatalogue.map(({ sku }) => sku)).size).toBe(seedCatalogue.length);
  expect(new Set(seedCatalogue.map(({ name }) => name)).size).toBe(seedCatalogue.length);
});

it('obeys the limits that the shop sets for everybody', () => {
  for (const { stock, ...product } of seedCatalogue) {
    expect(Product.parse(product)).toEqual(product);
    expect(product.unitPrice.amount).toBeGreaterThan(0);
    expect(Number.isInteger(stock) && stock > 0 && stock <= limits.available).toBe(true);
  }
});

it('has one currency, because the lines of an order are summed up', () => {
  expect(new Set(seedCatalogue.map(({ unitPrice }) => unitPrice.currency))).toEqual(new Set(['EUR']));
});
