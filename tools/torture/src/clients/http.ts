import { Agent, request } from 'undici';
import type { Answer } from '../history/history.js';

export interface Sending {
  readonly url: string;
  readonly method: string;
  readonly token?: string;
  /** As it stands in the header. */
  readonly key?: string;
  readonly prefer?: string;
  readonly body?: string;
  /** How long to wait for an answer, milliseconds. */
  readonly patience?: number;
}

/** Connections that are kept, and patience that ends: nothing answers on a black hole. */
export class Connections {
  private readonly agent = new Agent({
    connections: 64,
    pipelining: 1,
    connect: { timeout: 3_000 },
  });

  /** @throws what the network says where there is no answer, or only a part of one */
  async send({ url, method, token, key, prefer, body, patience = 9_000 }: Sending): Promise<Answer> {
    const response = await request(url, {
      dispatcher: this.agent,
      headersTimeout: patience,
      bodyTimeout: patience,
      method: method === 'PUT' ? 'PUT' : 'POST',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(prefer !== undefined && { prefer }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.body.text();
    const header = (name: string): string | undefined => {
      const value = response.headers[name];
      return value === undefined ? undefined : String(value);
    };
    const type = header('content-type');
    const location = header('location');
    const etag = header('etag');
    const code = response.statusCode >= 400 && type?.includes('json') ? codeOf(text) : undefined;
    return {
      status: response.statusCode,
      ...(code !== undefined && { code }),
      body: text,
      ...(type !== undefined && { type }),
      ...(location !== undefined && { location }),
      ...(etag !== undefined && { etag }),
      replayed: header('idempotency-replayed') === 'true',
    };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

/** A problem’s, whoever renders it: the shop as application/problem+json, payments as Nest does by itself. */
function codeOf(problem: string): string | undefined {
  const { code }: { code?: unknown } = JSON.parse(problem);
  return typeof code === 'string' ? code : undefined;
}
