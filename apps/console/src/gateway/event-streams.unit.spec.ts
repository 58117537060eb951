import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type RunningConsole, startConsole } from '../testing/console-before.spec.js';

let running: RunningConsole;
let stream: ServerResponse;
beforeEach(async () => {
  running = await startConsole();
  running.order.answer = (_request, response) => {
    stream = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
  };
});
afterEach(() => running.stop());

async function listen(): Promise<{ answer: Response; next: () => Promise<string | undefined> }> {
  const answer = await fetch(`${running.url}/api/order/orders/1/events`, {
    headers: { accept: 'text/event-stream', 'last-event-id': '7' },
  });
  const reader = answer.body!.getReader();
  return {
    answer,
    next: async () => {
      const { value } = await reader.read();
      return value === undefined ? undefined : Buffer.from(value).toString();
    },
  };
}

it('opens at once though the stream is silent, and passes each event as it comes', async () => {
  const { answer, next } = await listen();
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(running.order.received[0]?.headers['last-event-id']).toBe('7');
  stream.write('data: placed\n\n');
  expect(await next()).toBe('data: placed\n\n');
  stream.write('data: confirmed\n\n');
  expect(await next()).toBe('data: confirmed\n\n');
  stream.end();
  expect(await next()).toBeUndefined();
});

it('leaves the service when the page stops listening', async () => {
  const leaving = new AbortController();
  await fetch(`${running.url}/api/order/orders/1/events`, { signal: leaving.signal });
  const closed = once(stream, 'close');
  leaving.abort();
  await closed;
});

it('ends the streams when the console stops, so that stopping waits for nobody', async () => {
  const { next } = await listen();
  stream.write('data: placed\n\n');
  await next();
  const ended = next().catch(() => 'cut');
  await running.service.stop();
  expect(['cut', undefined]).toContain(await ended);
});
