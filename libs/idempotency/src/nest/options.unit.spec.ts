import { IdempotencyOptionsError } from '../errors.js';
import { checkHandlerOptions } from './check-options.js';
import { type IdempotencyOptions, nearerWins, resolveOptions } from './options.js';

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
  ['replayHeaders', { replayHeaders: ['Transfer-Encoding'] }],
  ['replayHeaders', { replayHeaders: ['idempotency-replayed'] }],
  ['replayHeaders', { replayHeaders: ['no name'] }],
  ['wait', { wait: -1 }],
  ['wait', { wait: 601 }],
  ['waiting', { waiting: 0.5 }],
])('fails at start-up for a bad %s, with the option, the value and the cure', (option, options) => {
  const error = catchError(() => resolveOptions(options));
  expect(error).toBeInstanceOf(IdempotencyOptionsError);
  expect(error?.message).toMatch(new RegExp(`"${option.replace(/[[\]]/g, '\\$&')}" is .+: (give|leave)`));
});

it.each([
  ['replayHeaders', { replayHeaders: 'etag' }],
  ['encryption.keys', { encryption: {} }],
  ['key', { key: [] }],
  ['key', { key: 'Idempotency-Key' }],
  ['scope', { scope: 'sub' }],
  ['required', { required: 'yes' }],
  ['recordError', { recordError: 500 }],
  ['fingerprint', { fingerprint: {} }],
  ['renderError', { renderError: {} }],
])('refuses %s of a kind that only JavaScript lets through', (option, options) => {
  const error = catchError(() => resolveOptions(options as unknown as IdempotencyOptions));
  expect(error).toBeInstanceOf(IdempotencyOptionsError);
  expect(error?.message).toContain(`"${option}"`);
});

it('lets the nearest level win, option by option: undefined erases nothing', () => {
  const nearest: object = { required: true, retention: undefined };
  expect(nearerWins({ required: false, retention: 60, wait: 5 }, undefined, nearest)).toEqual({
    required: true,
    retention: 60,
    wait: 5,
  });
});

it('takes every option as it is given', () => {
  const given: IdempotencyOptions = {
    key: { body: 'payment.reference' },
    required: false,
    scope: () => 'alice',
    fingerprint: () => 1,
    recordError: () => false,
    maxAnswerBytes: 1,
    encryption: { keys: ['a secret that is long enough for a key'] },
    retention: 2,
    messageRetention: 3,
    replayHeaders: ['X-Cost'],
    renderError: () => ({ status: 400, body: '' }),
    claimTimeout: 4,
    operationTimeout: 5,
    leases: { lease: 6, heartbeat: 2 },
    wait: 7,
    waiting: 8,
    observer: {},
    rememberedBytes: 9,
    groups: { size: 10, bytes: 11, inFlight: 12, waiting: 13, waitingBytes: 14 },
    sweeper: { interval: 15, grace: 16, batch: 17 },
  };
  expect(resolveOptions(given)).toEqual(given);
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
