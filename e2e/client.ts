import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into whatever came back.
  readonly body: Record<string, unknown>;
}

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for the answer. Default: for ever. */
  readonly patienceMs?: number;
}

/** One request, as curl would send it. */
export async function send(
  base: string,
  { method = 'GET', path, token, key, body, headers, patienceMs }: Request,
): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(patienceMs !== undefined && { signal: AbortSignal.timeout(patienceMs) }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : {} };
}

/** As a client that wants its answer: the same request with the same key, at each address in turn, until it is a final one. */
export async function sendUntilAnswered(
  base: string | readonly string[],
  request: Request,
  tellWhy: (why: string) => void = () => {},
): Promise<Answer> {
  const bases = [base].flat();
  for (let attempt = 0; ; attempt += 1) {
    const address = String(bases[attempt % bases.length]);
    try {
      const answer = await send(address, request);
      // Of the 409s only this one passes: the others are answers of the operation.
      if (answer.status < 500 && answer.body.code !== 'operation-in-flight') return answer;
      tellWhy(`${address}: ${answer.status} ${answer.text}`);
    } catch (error) {
      // The answer was lost, or nobody listened: that is what the key is for.
      tellWhy(`${address}: ${String(error)}`);
    }
    await pause(25);
  }
}

/** Asks again until the answer is as wanted; jest's own time limit ends it. */
export async function until<Value>(
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    await pause(20);
  }
}
