import { newOrderId, orderIdOf } from './order-id.js';

it('makes UUIDs of version 7 that ascend, also within a millisecond', () => {
  const ids = Array.from({ length: 10_000 }, newOrderId);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('takes an id in upper case for the same order, and nothing else that PostgreSQL would read as a UUID', () => {
  const id = newOrderId();
  expect(orderIdOf(id.toUpperCase())).toBe(id);
  for (const text of ['', 'order-1', `{${id}}`, id.replaceAll('-', ''), ` ${id}`, `${id}\n`]) {
    expect(orderIdOf(text)).toBeUndefined();
  }
});
