import { identityOf } from '../identity.js';
import type { Operation } from '../operation.js';
import { RememberedAnswers } from './remembered-answers.js';

const operation = (key: string): Operation => ({ scope: 'spec', key, fingerprint: '1:a', input: undefined });
const answer = (bytes: number) => ({ status: 200, body: Buffer.alloc(bytes), expiresAt: new Date(0) });

it('forgets the oldest answers where their bytes pass the bound, and counts what it forgets', () => {
  const remembered = new RememberedAnswers(100_000);
  for (let number = 0; number < 1_000; number += 1) remembered.keep(operation(`k${number}`), answer(1_000));
  expect(remembered.bytes).toBeLessThanOrEqual(100_000);
  expect(remembered.find(operation('k0'))).toBeUndefined();
  expect(remembered.find(operation('k999'))).toBeDefined();
  for (let number = 0; number < 1_000; number += 1) remembered.forget(identityOf(operation(`k${number}`)));
  expect(remembered.bytes).toBe(0);
});

it('keeps no answer that would push out most of the others, and none where there is no room at all', () => {
  const remembered = new RememberedAnswers(100_000);
  remembered.keep(operation('small'), answer(1_000));
  remembered.keep(operation('large'), answer(50_000));
  expect(remembered.find(operation('large'))).toBeUndefined();
  expect(remembered.find(operation('small'))).toBeDefined();
  const none = new RememberedAnswers(0);
  none.keep(operation('small'), answer(0));
  expect(none.find(operation('small'))).toBeUndefined();
});

it('counts an answer that is kept again once', () => {
  const remembered = new RememberedAnswers(100_000);
  remembered.keep(operation('a'), answer(1_000));
  const { bytes } = remembered;
  remembered.keep(operation('a'), answer(1_000));
  expect(remembered.bytes).toBe(bytes);
});
