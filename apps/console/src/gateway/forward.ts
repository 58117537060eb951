import { Agent, request as http, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as https, Agent as TlsAgent } from 'node:https';
import { Problem } from '@semel/service';
import type { Upstream } from './upstream.js';

/** A request as it goes on to a service. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query, encoded as they came. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
}

const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) };

/** Longer than the 30 s that a service may be asked to wait for (Prefer: wait). */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Sends a request to a service with the console's token.
 * @returns the answer as soon as its headers are there; its body is still to be read
 * @throws Problem `service-unavailable` where no answer came: what became of the request isn't known, so it may be sent again
 */
export function forward(
  { name, url, token }: Upstream,
  request: ForwardedRequest,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  const { body } = request;
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? https : http)(url, {
      // Never resolved against the URL: a path that begins with // would name another host, and get the token.
      path: `${url.pathname.replace(/\/$/, '')}${request.path}`,
      agent: secure ? agents['https:'] : agents['http:'],
      method: request.method,
      headers: {
        ...request.headers,
        ...(body === undefined ? {} : { 'content-length': body.length }),
        authorization: `Bearer ${token}`,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const tooLate = setTimeout(() => outgoing.destroy(new Error('no answer in time')), ANSWER_TIMEOUT_MS);
    outgoing.once('response', (answer) => {
      clearTimeout(tooLate);
      resolve(answer);
    });
    outgoing.once('error', (cause) => {
      clearTimeout(tooLate);
      const detail = `${name} gave no answer (${'code' in cause ? String(cause.code) : cause.message}). Send the request again with the same Idempotency-Key.`;
      reject(new Problem('service-unavailable', detail, { headers: { 'retry-after': '1' }, cause }));
    });
    outgoing.end(body);
  });
}
