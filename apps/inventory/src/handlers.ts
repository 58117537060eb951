// What the saga's model drives without Kafka (tools/saga). Nobody else enters here.
export { runMigrations } from './migrations/run-migrations.js';
export { type IncomingPurchase, ReservePurchases } from './reserve-purchases/reserve-purchases.js';
