import type { PendingRow } from '../sql/read-page.js';
import { Publication } from './publication.js';
import type { RelayContext } from './relay-context.js';

const row = (id: string): PendingRow => ({
  id,
  topic: 'purchases',
  key: `k${id}`,
  bucket: 0,
  headers: {},
  payload: Buffer.from('{}'),
  bytes: 2,
  candidates: 1,
});

/** jest fails a test whose code leaves a rejection unheard, as Node ends a process for it. */
it('hears that a send failed, however long the next page takes to come', async () => {
  let pages = 0;
  let failSend: (error: Error) => void = () => undefined;
  let givePage: () => void = () => undefined;
  const secondPage = new Promise<void>((resolve) => {
    givePage = resolve;
  });
  const relay = {
    settings: { pageRows: 1, pageBytes: 1_000, largestEvent: 1_000, sendDeadline: 1_000, pollInterval: 10 },
    leases: { readable: [0], cover: () => true, reads: () => true },
    stopping: new AbortController().signal,
    observer: { failed: () => undefined },
    database: {
      query: async () => {
        pages += 1;
        if (pages > 1) await secondPage;
        return [row(String(pages))];
      },
    },
    sender: {
      requireTopic: () =>
        new Promise((_, reject) => {
          failSend = reject;
        }),
    },
  } as unknown as RelayContext;
  const drained = new Publication(relay).drain().catch((error: Error) => error.message);
  while (pages < 2) await new Promise((resolve) => setImmediate(resolve));
  failSend(new Error('the broker is gone'));
  // Node tells of a rejection that nobody hears after the microtasks.
  await new Promise((resolve) => setImmediate(resolve));
  givePage();
  expect(await drained).toBe('the broker is gone');
});
