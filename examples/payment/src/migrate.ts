import { DataSource } from 'typeorm';
import { migrations } from './migrations.js';

// A program of its own: of several instances that start at once, none has to be the one that migrates.
const database = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL ?? '',
  migrations,
  installExtensions: false,
});
await database.initialize();
try {
  const executed = await database.runMigrations();
  process.stdout.write(`payment migrations: ${executed.length} carried out\n`);
} finally {
  await database.destroy();
}
