import { headersToSend, storedHeaders } from './stored-headers.js';

it('keeps every byte: text, several values, NUL, what is no UTF-8, and names that objects know', () => {
  const headers = {
    ce_type: [Buffer.from('a.v1')],
    twice: [Buffer.from('é'), Buffer.from('')],
    nul: [Buffer.from('a\0b')],
    bytes: [Buffer.from([0xff, 0x00, 0xc3]), Buffer.from('text')],
    empty: [Buffer.alloc(0)],
    none: [],
    constructor: [Buffer.from('x')],
  };
  const kept = storedHeaders(headers);
  expect(kept.ce_type).toBe('a.v1');
  const sent = headersToSend(JSON.parse(JSON.stringify(kept)));
  const bytes = Object.entries(sent).map(([name, value]) => [
    name,
    [value].flat().map((one) => Buffer.from(one)),
  ]);
  expect(bytes).toEqual(Object.entries(headers));
});
