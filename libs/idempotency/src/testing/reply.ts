import { fail } from 'node:assert/strict';
import type { Outcome } from '../operation.js';

/** An answer as your own client saw it, where it is neither a `Response` of fetch nor an outcome of the engine. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
}

/** What a request or an execution answered: give back what fetch or `Idempotency.execute()` gave you. */
export type Sent = Response | Outcome | Reply;

/** An answer that can be compared with another. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Not an answer yet: the client has to ask again. */
export interface Again {
  readonly again: string;
}

/** What the operation itself said: a replay repeats these, while others belong to one response. */
const answersOwn = ['content-type', 'location', 'etag'];

/**
 * Reads an answer as a client does: 5xx and "in flight" say that he has to ask again.
 *
 * @throws AssertionError when the key is said to stand for another request
 */
export async function read(sent: Sent): Promise<Heard | Again> {
  if ('kind' in sent) return readOutcome(sent);
  if (!('arrayBuffer' in sent)) return readReply(sent);
  return readReply({
    status: sent.status,
    headers: Object.fromEntries(sent.headers),
    body: Buffer.from(await sent.arrayBuffer()),
  });
}

function readOutcome(outcome: Outcome): Heard | Again {
  switch (outcome.kind) {
    case 'in-flight':
      return { again: 'in flight' };
    case 'failed':
      return { again: `failed: ${outcome.error.message}` };
    case 'mismatched':
      return fail('The key was refused as one of another request, although the same request was sent again.');
    default:
      return readReply(outcome.answer);
  }
}

function readReply({ status, headers = {}, body = '' }: Reply): Heard | Again {
  if (status >= 500) return { again: `status ${status}` };
  if (headers['idempotency-status'] === 'Received') return { again: `status ${status}, in flight` };
  return {
    status,
    headers: Object.fromEntries(answersOwn.flatMap((name) => (headers[name] ? [[name, headers[name]]] : []))),
    body: Buffer.from(body).toString('latin1'),
  };
}
