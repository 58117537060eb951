import type { HistoryEvent } from '../history/history.js';

/** Everything that the checker may look at. */
export interface Evidence {
  readonly history: readonly HistoryEvent[];
  /** What was available of each SKU before the storm. */
  readonly shelf: Readonly<Record<string, number>>;
  readonly order: PublisherRows & { readonly orders: readonly OrderRow[] };
  readonly inventory: PublisherRows & {
    readonly stock: readonly StockRow[];
    readonly movements: readonly MovementRow[];
    readonly reservations: readonly ReservationRow[];
  };
  readonly payment: {
    readonly payments: readonly PaymentRow[];
    readonly keys: readonly LeasedKeyRow[];
    readonly steps: readonly StepRow[];
    /** The provider's ledger. */
    readonly charges: readonly ChargeRow[];
    /** With which keys it was asked for what, each pair once. */
    readonly calls: readonly CallRow[];
  };
  /** By name: both topics and both parking lots, each partition in its order. */
  readonly topics: Readonly<Record<string, readonly TopicRecord[]>>;
  readonly offsets: readonly Offset[];
  readonly rest: Rest;
}

/** What every service has that tells others by Kafka. */
export interface PublisherRows {
  readonly keys: readonly KeyRow[];
  readonly outbox: readonly OutboxRow[];
  readonly register: readonly RegisterRow[];
}

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface OrderRow {
  readonly id: string;
  readonly customerId: string;
  readonly status: 'placed' | 'confirmed' | 'rejected' | 'cancelled';
  readonly rejectionCode: string | null;
  readonly rejectionSku: string | null;
  /** The signature of the command that asked for it: key and variant. */
  readonly note: string | null;
  readonly lines: readonly Line[];
}

/** A row of `idempotency_key`. */
export interface KeyRow {
  readonly scope: string;
  readonly key: string;
  readonly status: string;
  readonly path: string | null;
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
}

export interface OutboxRow {
  /** In the order of commits per key. */
  readonly id: number;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly eventId: string;
  readonly payload: string;
  readonly published: boolean;
  readonly setAside: boolean;
}

export interface LeasedKeyRow extends KeyRow {
  readonly operationId: number | null;
  readonly fence: number | null;
  /** Whether somebody has it now, by the database's clock. */
  readonly leased: boolean;
}

/** A step that was recorded and not yet forgotten. */
export interface StepRow {
  readonly operationId: number;
  readonly fence: number;
  readonly name: string;
}

export interface PaymentRow {
  readonly id: string;
  /** The signature of the command that asked for it. */
  readonly reference: string;
  readonly amount: number;
  readonly chargeId: string;
}

export interface ChargeRow {
  /** Downstream: derived from the payment's. */
  readonly key: string;
  readonly id: string;
  readonly reference: string;
  readonly amount: number;
}

export type CallRow = Pick<ChargeRow, 'key' | 'reference'>;

export interface RegisterRow {
  readonly topic: string;
  readonly partition: number | null;
  readonly offset: number | null;
  readonly reason: string;
  readonly state: string;
}

export interface StockRow {
  readonly sku: string;
  readonly available: number;
  readonly reserved: number;
}

export interface MovementRow {
  readonly sku: string;
  readonly kind: 'set' | 'adjustment' | 'reservation' | 'release';
  readonly available: number;
  readonly reserved: number;
  /** Of an adjustment: the signature of its command. */
  readonly reason: string | null;
  readonly actor: string | null;
  readonly orderId: string | null;
}

export interface ReservationRow {
  readonly orderId: string;
  readonly customerId: string | null;
  readonly status: 'reserved' | 'rejected' | 'released';
  readonly rejectionCode: string | null;
  readonly rejectionSku: string | null;
  readonly lines: readonly Line[];
}

export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Offset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The next one to read; 0 where nothing was committed. */
  readonly committed: number;
  readonly end: number;
}

/** How it was after the healing. */
export interface Rest {
  /** What kept it from coming to rest in time, if anything did. */
  readonly remains: readonly string[];
  /** What somebody still holds although nothing is to be done: locks, open transactions. */
  readonly held: readonly string[];
  /** Connections of each kind, and how many there may be. */
  readonly connections: readonly { readonly name: string; readonly count: number; readonly most: number }[];
  /** Services that ended although nobody asked them to, with what they said last. */
  readonly deaths: readonly string[];
  /** Services that did not end in good order when they were asked to. */
  readonly endings: readonly string[];
}
