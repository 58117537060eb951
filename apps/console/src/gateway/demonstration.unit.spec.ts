import { randomUUID } from 'node:crypto';
import { type RunningConsole, startConsole } from '../testing/console-before.spec.js';
import type { CopiedExchange } from './copied-exchanges.js';

let running: RunningConsole;
beforeEach(async () => {
  running = await startConsole();
});
afterEach(() => running.stop());

function place(headers: Record<string, string>, method = 'POST'): Promise<Response> {
  return fetch(`${running.url}/api/order/orders`, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k', ...headers },
    ...(method === 'GET' ? {} : { body: '{"lines":[]}' }),
  });
}

async function exchangesOf(answer: Response): Promise<CopiedExchange[]> {
  const { exchanges } = (await answer.json()) as { exchanges: CopiedExchange[] };
  return exchanges;
}

describe('a lost answer', () => {
  it('reaches the service, which answers, and cuts the browser off', async () => {
    let answered = false;
    running.order.answer = (_request, response) => {
      response.writeHead(201).end('{}', () => {
        answered = true;
      });
    };
    await expect(place({ 'console-lose-answer': randomUUID() })).rejects.toThrow();
    expect(answered).toBe(true);
    expect(running.order.received).toHaveLength(1);
    expect(running.order.received[0]?.headers).not.toHaveProperty('console-lose-answer');
  });

  it('does not reach the service again when the browser repeats the attempt by itself', async () => {
    const attempt = { 'console-lose-answer': randomUUID() };
    await expect(place(attempt)).rejects.toThrow();
    await expect(place(attempt)).rejects.toThrow();
    expect(running.order.received).toHaveLength(1);
    expect((await place({})).status).toBe(200);
    expect(running.order.received).toHaveLength(2);
  });
});

describe('copies', () => {
  it('are all under way before the first is answered, and each answer is told with its headers', async () => {
    const waiting: (() => void)[] = [];
    running.order.answer = (_request, response) => {
      waiting.push(() => {
        response.writeHead(201, { 'idempotency-status': 'Processed' }).end('{"id":1}');
      });
      if (waiting.length === 25) for (const release of waiting) release();
    };
    const exchanges = await exchangesOf(await place({ 'console-copies': '25' }));
    expect(exchanges).toHaveLength(25);
    expect(exchanges[24]).toEqual({
      status: 201,
      headers: expect.objectContaining({ 'idempotency-status': 'Processed' }),
      body: '{"id":1}',
      elapsedMs: expect.any(Number),
    });
    for (const { headers, body } of running.order.received) {
      expect(headers['idempotency-key']).toBe('k');
      expect(body).toBe('{"lines":[]}');
    }
  });

  it('that got no answer are told as that, beside those that did', async () => {
    let count = 0;
    running.order.answer = (request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.writeHead(201).end('{}');
    };
    const exchanges = await exchangesOf(await place({ 'console-copies': '3' }));
    const statuses = exchanges.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 201, 503]);
  });
});

it.each([
  ['a read in copies', 'GET', { 'console-copies': '2' }],
  ['one copy', 'POST', { 'console-copies': '1' }],
  ['too many copies', 'POST', { 'console-copies': '101' }],
  ['half a copy', 'POST', { 'console-copies': '2.5' }],
  ['an attempt without a name', 'POST', { 'console-lose-answer': '' }],
  ['both at once', 'POST', { 'console-copies': '2', 'console-lose-answer': randomUUID() }],
])('refuses %s', async (_, method, headers) => {
  const answer = await place(headers, method);
  expect(answer.status).toBe(400);
  expect(running.order.received).toHaveLength(0);
});
