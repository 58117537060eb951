/** What can be tortured: the shop, with its events, and payments, which are operations under a lease. */
export const systems = { shop: ['order', 'inventory'], payments: ['payment'] } as const;

export type SystemName = keyof typeof systems;

export const allSystems = Object.keys(systems) as readonly SystemName[];

export function isSystemName(name: string): name is SystemName {
  return Object.hasOwn(systems, name);
}

export type ServiceName = (typeof systems)[SystemName][number];

/** A service that tells others by Kafka what it did. */
export type Publisher = (typeof systems)['shop'][number];

export function isPublisher(service: ServiceName): service is Publisher {
  return service !== 'payment';
}

export interface Program {
  /** Below the clone's root: where it was compiled to. It has a main.js and a migrate.js. */
  readonly folder: string;
  /** What it answers when it has all that it needs. */
  readonly probe: Probe;
}

export interface Probe {
  readonly path: string;
  readonly status: number;
}

export const programs: Readonly<Record<ServiceName, Program>> = {
  order: { folder: 'apps/order/dist', probe: { path: '/health/ready', status: 200 } },
  inventory: { folder: 'apps/inventory/dist', probe: { path: '/health/ready', status: 200 } },
  // It has no route for its health. It looks in its database before it knows no such key.
  payment: {
    folder: 'examples/payment/dist',
    probe: { path: '/idempotency-keys/nobody-has-it', status: 404 },
  },
};
