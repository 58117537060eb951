import { sealedVault } from '../engine/vault.js';
import { IdempotencyOptionsError } from '../errors.js';
import { type LeaseTimes, leaseTimes } from '../leased/lease-times.js';
import type { IdempotentOptions, KeySource, ResolvedOptions } from './options.js';

const refusedHeaders = new Set([
  'set-cookie',
  'set-cookie2',
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'te',
  'proxy-authenticate',
  'proxy-connection',
  'retry-after',
  'preference-applied',
  'idempotency-status',
  'idempotency-expires',
  'idempotency-replayed',
]);

/** @throws IdempotencyOptionsError naming the option, its value and the cure */
export function checkOptions(options: ResolvedOptions): void {
  checkRouteOptions(options);
  leaseTimes(options.leases);
  checkFunction('renderError', options.renderError);
  if (options.encryption) checkEncryption(options.encryption.keys);
  checkNumber('messageRetention', options.messageRetention, 1, 10 * 366 * 86_400, 'seconds');
  checkNumber('claimTimeout', options.claimTimeout, 1, 600_000, 'milliseconds');
  checkNumber('operationTimeout', options.operationTimeout, 1, 3_600_000, 'milliseconds');
  checkNumber('waiting', options.waiting, 0, 1_000_000, 'requests');
  checkNumber('rememberedBytes', options.rememberedBytes, 0, 2 ** 34, 'bytes');
  checkNumber('groups.bytes', options.groups.bytes, 1, 2 ** 30, 'bytes');
  checkNumber('groups.waitingBytes', options.groups.waitingBytes, 1, 2 ** 34, 'bytes');
  checkNumber('groups.size', options.groups.size, 1, 500, 'operations');
  checkNumber('groups.inFlight', options.groups.inFlight, 1, 64, 'groups');
  checkNumber('groups.waiting', options.groups.waiting, 1, 1_000_000, 'operations');
  checkNumber('sweeper.interval', options.sweeper.interval, 0, 2_000_000_000, 'milliseconds');
  checkNumber('sweeper.grace', options.sweeper.grace, 0, 366 * 86_400, 'seconds');
  checkNumber('sweeper.batch', options.sweeper.batch, 1, 10_000, 'keys');
}

/** @throws IdempotencyOptionsError where the decorator is applied */
export function checkHandlerOptions(options: IdempotentOptions): void {
  checkRouteOptions(options);
  if (options.consumer !== undefined && !/^[\x21-\x7e]{1,200}$/.test(options.consumer)) {
    throw new IdempotencyOptionsError(
      'consumer',
      options.consumer,
      'give a name of 1 to 200 printable ASCII characters.',
    );
  }
  if (options.leased) checkLeased(options.leased, options);
}

function checkLeased(
  leased: true | Partial<LeaseTimes>,
  { group, consumer, required }: IdempotentOptions,
): void {
  if (leased !== true) leaseTimes(leased);
  if (group || consumer !== undefined) {
    throw new IdempotencyOptionsError(
      'leased',
      group ? 'given beside group' : 'given for a message handler',
      'lease HTTP routes of a handler of their own, or use Idempotency.executeLeased().',
    );
  }
  if (required === false) {
    throw new IdempotencyOptionsError(
      'required',
      required,
      'a leased operation always needs a key: leave it out.',
    );
  }
}

function checkRouteOptions(options: IdempotentOptions): void {
  if (options.required !== undefined && typeof options.required !== 'boolean') {
    throw new IdempotencyOptionsError('required', options.required, 'give true or false.');
  }
  checkFunction('scope', options.scope);
  checkFunction('fingerprint', options.fingerprint);
  checkFunction('recordError', options.recordError);
  if (options.key !== undefined) checkKeySource(options.key);
  if (options.retention !== undefined) {
    checkNumber('retention', options.retention, 1, 10 * 366 * 86_400, 'seconds');
  }
  if (options.maxAnswerBytes !== undefined) {
    checkNumber('maxAnswerBytes', options.maxAnswerBytes, 0, 1_000_000_000, 'bytes');
  }
  if (options.wait !== undefined) checkNumber('wait', options.wait, 0, 600, 'seconds');
  checkReplayHeaders(options.replayHeaders ?? []);
}

function checkKeySource(source: KeySource): void {
  if (typeof source === 'function') return;
  if (typeof source === 'object' && source !== null) {
    if ('header' in source && isHeaderName(source.header)) return;
    if ('body' in source && /^[^.]+(\.[^.]+)*$/.test(source.body)) return;
    if ('argument' in source && Number.isInteger(source.argument) && source.argument >= 0) return;
  }
  throw new IdempotencyOptionsError(
    'key',
    JSON.stringify(source),
    "give { header: 'Name' }, { body: 'path.of.member' }, { argument: 0 } or a function of the request.",
  );
}

/** A token of RFC 9110, section 5.6.2. */
function isHeaderName(name: unknown): name is string {
  return typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') {
    throw new IdempotencyOptionsError(option, value, 'give a function.');
  }
}

function checkEncryption(keys: unknown): void {
  if (!Array.isArray(keys)) {
    throw new IdempotencyOptionsError(
      'encryption.keys',
      keys,
      'give a list of keys, the one that seals first.',
    );
  }
  sealedVault(keys);
}

function checkReplayHeaders(names: unknown): void {
  if (!Array.isArray(names)) {
    throw new IdempotencyOptionsError('replayHeaders', names, 'give a list of header names.');
  }
  for (const name of names) {
    if (!isHeaderName(name))
      throw new IdempotencyOptionsError('replayHeaders', name, 'give the name of a header.');
    if (refusedHeaders.has(name.toLowerCase())) {
      throw new IdempotencyOptionsError(
        'replayHeaders',
        name,
        'leave it out: it belongs to one response or one connection, not to the stored answer.',
      );
    }
  }
}

function checkNumber(option: string, value: unknown, least: number, most: number, unit: string): void {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    throw new IdempotencyOptionsError(
      option,
      value,
      `give a whole number of ${unit} from ${least} to ${most}.`,
    );
  }
}
