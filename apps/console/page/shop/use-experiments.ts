import type { OrderedLine } from '@semel/contracts';
import { type Dispatch, useMemo } from 'react';
import { type Exchange, type KeyedRequest, newKey, send, sendCopies } from '../api/exchange.js';
import type { ExperimentKind, SentOrder } from './experiment.js';
import type { ShopEvent } from './shop-state.js';
import { orderIdIn } from './tally.js';

export const COPIES = 25;
/** How long the page's client pauses before each retry of a request that got no answer. */
const PAUSES_MS = [700, 1_000, 1_500, 2_500, 4_000, 6_000, 8_000];

export interface Experiments {
  place(lines: readonly OrderedLine[]): Promise<void>;
  doubleClick(lines: readonly OrderedLine[]): Promise<void>;
  loseAnswer(lines: readonly OrderedLine[]): Promise<void>;
  retry(sent: SentOrder): Promise<void>;
  retryAtOnce(sent: SentOrder): Promise<void>;
  otherCart(sent: SentOrder): Promise<void>;
  cancel(orderId: string): Promise<void>;
}

/** What the shop's buttons do: each begins an experiment, sends, and reports every exchange as it ends. */
export function useExperiments(dispatch: Dispatch<ShopEvent>): Experiments {
  return useMemo(() => experimentsWith(dispatch), [dispatch]);
}

function experimentsWith(dispatch: Dispatch<ShopEvent>): Experiments {
  const run = async (
    kind: ExperimentKind,
    request: KeyedRequest,
    sent: SentOrder | undefined,
    story: (report: (...exchanges: Exchange[]) => void) => Promise<void>,
  ) => {
    const id = newKey();
    dispatch({
      type: 'experiment-began',
      experiment: { id, kind, request, startedAt: Date.now(), exchanges: [], running: true },
      ...(sent === undefined ? {} : { sent }),
    });
    try {
      await story((...exchanges) => {
        dispatch({ type: 'answered', experiment: id, exchanges });
        const orderId = exchanges.map(orderIdIn).find((found) => found !== undefined);
        if (orderId !== undefined) dispatch({ type: 'order-known', id: orderId });
      });
    } finally {
      dispatch({ type: 'experiment-ended', experiment: id });
    }
  };

  return {
    place(lines) {
      const sent = newOrder(lines);
      return run('place', sent.request, sent, (report) => untilAnswered(sent.request, report));
    },
    doubleClick(lines) {
      const sent = newOrder(lines);
      return run('double-click', sent.request, sent, async (report) => {
        await Promise.all([untilAnswered(sent.request, report), untilAnswered(sent.request, report)]);
      });
    },
    loseAnswer(lines) {
      const sent = newOrder(lines);
      return run('lost-answer', sent.request, sent, async (report) => {
        report(await send(sent.request, { loseAnswer: true }));
        await pause(PAUSES_MS[0]);
        await untilAnswered(sent.request, report);
      });
    },
    retry(sent) {
      return run('retry', sent.request, undefined, (report) => untilAnswered(sent.request, report));
    },
    retryAtOnce(sent) {
      return run('copies', sent.request, undefined, async (report) => {
        report(...(await sendCopies(sent.request, COPIES)));
      });
    },
    otherCart(sent) {
      const lines = sent.lines.map((line, index) =>
        index === 0 ? { ...line, quantity: line.quantity === 1 ? 2 : line.quantity - 1 } : line,
      );
      const request = { ...sent.request, body: bodyOf(lines) };
      return run('other-cart', request, undefined, (report) => untilAnswered(request, report));
    },
    cancel(orderId) {
      const request: KeyedRequest = {
        method: 'POST',
        path: `/orders/${orderId}/cancel`,
        key: newKey(),
        body: undefined,
      };
      return run('cancel', request, undefined, (report) => untilAnswered(request, report));
    },
  };
}

function newOrder(lines: readonly OrderedLine[]): SentOrder {
  return { request: { method: 'POST', path: '/orders', key: newKey(), body: bodyOf(lines) }, lines };
}

function bodyOf(lines: readonly OrderedLine[]): string {
  return JSON.stringify({ lines });
}

/** What a good client does: while it doesn't have the operation's answer, it sends the request again with the same key. */
async function untilAnswered(request: KeyedRequest, report: (exchange: Exchange) => void): Promise<void> {
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    const exchange = await send(request);
    report(exchange);
    if (!['lost', 'failed', 'in-flight'].includes(exchange.outcome)) return;
    if (pauseMs !== undefined) await pause(Math.max(retryAfterMs(exchange), pauseMs));
  }
}

/** What the answer says of when to come again (RFC 9110, section 10.2.3, in seconds). */
function retryAfterMs({ answer }: Exchange): number {
  const seconds = answer?.headers['retry-after'];
  return seconds === undefined || !/^\d+$/.test(seconds) ? 0 : Number(seconds) * 1_000;
}

function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
