import { derivedKey } from './derived-key.js';

const payment = { scope: 'caller:alice', key: 'k' };

it('is the same for ever: providers remember it, and so must every version of this', () => {
  expect(derivedKey(payment, 'charge')).toBe('KQFi9MYvTIKWzJvTDlJUv34cHxpeucemiaU5n6Alle8');
});

it('is another one for another caller, key or step, wherever one part ends and the next begins', () => {
  const keys = [
    derivedKey(payment, 'charge'),
    derivedKey(payment, 'refund'),
    derivedKey({ ...payment, scope: 'caller:bob' }, 'charge'),
    derivedKey({ ...payment, key: 'kc' }, 'harge'),
    derivedKey({ scope: 'caller:alicek', key: '' }, 'charge'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
