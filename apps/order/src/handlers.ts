// What the saga's model drives without HTTP and Kafka (tools/saga). Nobody else enters here.
export { ApplyReservations, type ReceivedReservation } from './apply-reservation/apply-reservations.js';
export { CancelOrders } from './cancel-order/cancel-orders.js';
export { runMigrations } from './migrations/run-migrations.js';
export { newOrderId } from './order/order-id.js';
export { OrderWatch } from './order-events/order-watch.js';
export { PlaceOrders } from './place-order/place-orders.js';
