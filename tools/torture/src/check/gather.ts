import { PURCHASES, RESERVATIONS } from '@semel/contracts';
import type { Chamber } from '../chamber/chamber.js';
import { shelf } from '../clients/assortment.js';
import type { History } from '../history/history.js';
import type { Evidence } from './evidence.js';
import { readInventory, readOrder, readPayment } from './read-databases.js';
import { readTopic } from './read-topic.js';
import { readOffsets } from './rest-of-chamber.js';

type Shop = Pick<Evidence, 'shelf' | 'order' | 'inventory' | 'topics' | 'offsets'>;

const noShop: Shop = {
  shelf: {},
  order: { orders: [], keys: [], outbox: [], register: [] },
  inventory: { stock: [], movements: [], reservations: [], keys: [], outbox: [], register: [] },
  topics: {},
  offsets: [],
};

const noPayment: Evidence['payment'] = { payments: [], keys: [], steps: [], charges: [], calls: [] };

/** What everybody heard, and what there is: of a system that was not tortured, nothing. */
export async function gather(chamber: Chamber, { events }: History): Promise<Omit<Evidence, 'rest'>> {
  const [shop, payment] = await Promise.all([
    chamber.publishers.length > 0 ? gatherShop(chamber) : noShop,
    chamber.services.includes('payment') ? readPayment(chamber) : noPayment,
  ]);
  return { history: events, ...shop, payment };
}

async function gatherShop(chamber: Chamber): Promise<Shop> {
  const kafka = chamber.kafka();
  const topics: Record<string, Evidence['topics'][string]> = {};
  for (const topic of [PURCHASES, RESERVATIONS].flatMap((name) => [name, `${name}.dlq`]))
    topics[topic] = await readTopic(kafka, topic);
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await readOffsets(chamber, admin);
  await admin.disconnect();
  const [order, inventory] = await Promise.all([readOrder(chamber), readInventory(chamber)]);
  return { shelf: Object.fromEntries(shelf), order, inventory, topics, offsets };
}
