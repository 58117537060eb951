import type { Outcome } from './outcome.js';
import { outcomeOf } from './outcome.js';

/** A request that changes something, as a client keeps it for its retries. */
export interface KeyedRequest {
  readonly method: 'POST';
  /** On Order. */
  readonly path: string;
  readonly key: string;
  /** JSON text, or none. */
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request and what came back. */
export interface Exchange {
  readonly id: string;
  readonly request: KeyedRequest;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly sentAt: number;
  /** From the sending to the last byte of the answer, or to the loss of the connection. */
  readonly elapsedMs: number;
  /** Absent where the connection was lost before an answer came. */
  readonly answer: Answer | undefined;
  readonly outcome: Outcome;
}

/** 128 random bits in hexadecimal digits: a key that nobody else makes. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sends a request and tells how it went. It never throws: a lost connection is one of the ways in which it goes. */
export async function send(
  request: KeyedRequest,
  { loseAnswer = false }: { readonly loseAnswer?: boolean } = {},
): Promise<Exchange> {
  const sentAt = Date.now();
  const startedAt = performance.now();
  const answer = await fetch(`/api/order${request.path}`, {
    method: request.method,
    headers: headersOf(request, loseAnswer ? { 'console-lose-answer': newKey() } : {}),
    body: request.body ?? null,
  })
    .then(async (response) => ({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }))
    // fetch rejects where no answer came; that is told by the absence of an answer.
    .catch(() => undefined);
  return exchange(request, answer, sentAt, performance.now() - startedAt);
}

/** Has the console send a request so many times at the same moment. */
export async function sendCopies(request: KeyedRequest, copies: number): Promise<Exchange[]> {
  const sentAt = Date.now();
  const response = await fetch(`/api/order${request.path}`, {
    method: request.method,
    headers: headersOf(request, { 'console-copies': String(copies) }),
    body: request.body ?? null,
  });
  if (!response.ok) throw new Error(`The console refused to send copies: ${response.status}`);
  const { exchanges }: { exchanges: (Answer & { elapsedMs: number })[] } = await response.json();
  return exchanges.map(({ elapsedMs, ...answer }) => exchange(request, answer, sentAt, elapsedMs));
}

function headersOf(request: KeyedRequest, extra: Record<string, string>): Record<string, string> {
  return {
    'idempotency-key': request.key,
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...extra,
  };
}

function exchange(
  request: KeyedRequest,
  answer: Answer | undefined,
  sentAt: number,
  elapsedMs: number,
): Exchange {
  return { id: newKey(), request, sentAt, elapsedMs, answer, outcome: outcomeOf(answer) };
}
