import { buffer } from 'node:stream/consumers';
import { Problem, renderProblem } from '@semel/service';
import { type ForwardedRequest, forward } from './forward.js';
import { headersForBrowser } from './headers.js';
import type { Upstream } from './upstream.js';

/** One of several copies of a request and its answer. */
export interface CopiedExchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text. */
  readonly body: string;
  /** Milliseconds from the sending of all copies to the last byte of this answer. */
  readonly elapsedMs: number;
}

/** Sends the same request so many times at the same moment. A copy that got no answer is there as the 503 that says so. */
export function sendCopies(
  upstream: Upstream,
  request: ForwardedRequest,
  copies: number,
): Promise<CopiedExchange[]> {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round((performance.now() - startedAt) * 100) / 100;
  return Promise.all(
    Array.from({ length: copies }, async (): Promise<CopiedExchange> => {
      try {
        const answer = await forward(upstream, request);
        const body = await buffer(answer);
        const headers = Object.entries(headersForBrowser(answer)).map(([name, value]) => [
          name,
          String(value),
        ]);
        return {
          status: answer.statusCode ?? 502,
          headers: Object.fromEntries(headers),
          body: body.toString('utf8'),
          elapsedMs: elapsedMs(),
        };
      } catch (error) {
        const { status, headers, body } = renderProblem(lostCopy(upstream, error), { url: request.path });
        return { status, headers, body: body.toString('utf8'), elapsedMs: elapsedMs() };
      }
    }),
  );
}

function lostCopy({ name }: Upstream, error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('service-unavailable', `The answer of ${name} was cut off.`, {
    headers: { 'retry-after': '1' },
    cause: error,
  });
}
