import type { Statement } from '../../database.js';

export interface ReservationCounts {
  readonly total: number;
  readonly reserved: number;
  readonly rejected: number;
  readonly released: number;
  readonly waitingEvents: number;
}

export function countReservations(): Statement<ReservationCounts> {
  return {
    text: `
      SELECT count(*)::int AS total,
             count(*) FILTER (WHERE status = 'reserved')::int AS reserved,
             count(*) FILTER (WHERE status = 'rejected')::int AS rejected,
             count(*) FILTER (WHERE status = 'released')::int AS released,
             (SELECT count(*)::int FROM outbox WHERE published_at IS NULL) AS "waitingEvents"
      FROM reservation`,
  };
}
