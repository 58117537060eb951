import { Agent, request } from 'node:http';

/** What a client knows of one attempt: an answer, or that there was none. */
export type Attempt =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly replayed: boolean;
      readonly retryAfter: number;
      readonly body: string;
    }
  | { readonly kind: 'lost' };

export interface OrderRequest {
  readonly url: string;
  readonly token: string;
  readonly key: string;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const patience = 8_000;

/**
 * Sends an order once. `cutAfter` milliseconds the client hangs up, as a phone does in a tunnel: what became of the request is
 * then not known to it.
 */
export function sendOrder({ url, token, key, body }: OrderRequest, cutAfter?: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const lost = () => resolve({ kind: 'lost' });
    const outgoing = request(`${url}/orders`, {
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': key,
      },
    });
    const timer = setTimeout(() => outgoing.destroy(), cutAfter ?? patience);
    outgoing.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => {
        clearTimeout(timer);
        resolve({
          kind: 'answer',
          status: answer.statusCode ?? 0,
          replayed: answer.headers['idempotency-replayed'] === 'true',
          retryAfter: Number(answer.headers['retry-after'] ?? 0) || 0,
          body: text,
        });
      });
      answer.once('error', lost);
      answer.once('close', lost);
    });
    outgoing.once('error', lost);
    outgoing.once('close', () => clearTimeout(timer));
    outgoing.end(body);
  });
}
