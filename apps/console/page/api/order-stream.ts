import { OrderStatus, RejectionCode, Sku } from '@semel/contracts';
import { z } from 'zod';

const StatusChange = z.object({
  orderId: z.string(),
  status: OrderStatus,
  rejection: z.object({ code: RejectionCode, sku: Sku }).optional(),
});
export type StatusChange = z.infer<typeof StatusChange>;

const AGAIN_AFTER_MS = 1_000;

/**
 * Follows an order's status by server-sent events until the returned function is called. A browser gives up for good where it gets
 * an answer that is no event stream, as while a service restarts: then the stream is opened anew.
 */
export function followOrder(orderId: string, heard: (change: StatusChange) => void): () => void {
  let source: EventSource;
  let timer: number | undefined;
  const open = () => {
    source = new EventSource(`/api/order/orders/${orderId}/events`);
    source.onmessage = ({ data }) => heard(StatusChange.parse(JSON.parse(data)));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(open, AGAIN_AFTER_MS);
    };
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}
