import { IdempotencyOptionsError } from '../errors.js';
import { checkHandlerOptions, type IdempotencyOptions, resolveOptions } from './options.js';

it.each<[string, IdempotencyOptions]>([
  ['retention', { retention: 0 }],
  ['retention', { retention: Number.NaN }],
  ['messageRetention', { messageRetention: -1 }],
  ['claimTimeout', { claimTimeout: 1.5 }],
  ['operationTimeout', { operationTimeout: Number.POSITIVE_INFINITY }],
  ['groups.size', { groups: { size: 501 } }],
  ['groups.inFlight', { groups: { inFlight: 0 } }],
  ['key', { key: { header: 'not a name' } }],
  ['key', { key: { body: 'a..b' } }],
  ['key', { key: { argument: -1 } }],
  ['maxAnswerBytes', { maxAnswerBytes: -1 }],
  ['encryption.keys[0]', { encryption: { keys: ['weak'] } }],
  ['encryption.keys', { encryption: { keys: [] } }],
  ['sweeper.batch', { sweeper: { batch: 0 } }],
  ['replayHeaders', { replayHeaders: ['Set-Cookie'] }],
  ['replayHeaders', { replayHeaders: ['date'] }],
])('fails at start-up for a bad %s, with the option, the value and the cure', (option, options) => {
  const error = catchError(() => resolveOptions(options));
  expect(error).toBeInstanceOf(IdempotencyOptionsError);
  expect(error?.message).toMatch(new RegExp(`"${option.replace(/[[\]]/g, '\\$&')}" is .+: (give|leave)`));
});

it('checks a handler where the decorator is applied', () => {
  expect(() => checkHandlerOptions({ consumer: 'has a space' })).toThrow(IdempotencyOptionsError);
  expect(() => checkHandlerOptions({ retention: 0 })).toThrow(IdempotencyOptionsError);
});

function catchError(work: () => unknown): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}
