import { seedCatalogue } from '@semel/contracts';
import type { DataSource } from 'typeorm';
import { read } from '../database/read.js';
import { insertMissingProducts } from './sql/insert-missing-products.js';

/** Puts the products of the seed catalogue on sale that are not there yet. @returns how many */
export async function seedProducts(dataSource: DataSource): Promise<number> {
  const inserted = await read(dataSource, insertMissingProducts(seedCatalogue));
  return inserted.length;
}
