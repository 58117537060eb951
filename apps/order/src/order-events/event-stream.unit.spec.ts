import { EventStream } from './event-stream.js';

it('writes events as EventSource reads them, and ends when it is told to', async () => {
  const stream = new EventStream();
  stream.send({ id: 2, data: { status: 'confirmed' } });
  stream.end();
  const chunks = await stream.toArray();
  expect(chunks.join('')).toBe('retry: 2000\n\nid: 2\ndata: {"status":"confirmed"}\n\n');
});

it('keeps a silent connection alive with comments, until it is closed', async () => {
  const stream = new EventStream(1);
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.endsWith(':\n\n:\n\n')) break;
  }
  expect(text).toMatch(/^retry: 2000\n\n(:\n\n)+$/);
  expect(stream.destroyed).toBe(true);
});
