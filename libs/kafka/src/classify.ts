import { asError, HiddenErrorError } from './errors.js';
import { parkingReasons, type Verdict } from './message.js';

export type IsTransient = (error: unknown) => boolean;

// Errors of Node's sockets and resolver that say "not now" about the other side.
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The classification of an application that gives none: the network and what calls itself retriable. */
export function isNetworkTrouble(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('retriable' in error && error.retriable === true) return true;
  return 'code' in error && typeof error.code === 'string' && networkCodes.has(error.code);
}

/**
 * Turns what a handler threw into a verdict. An error may say itself what it wants (`disposition`, and `code` as the
 * parking reason); else `isTransient` decides, and what is not transient is parked.
 */
export function verdictOf(
  thrown: unknown,
  handler: string,
  isTransient: IsTransient,
): Exclude<Verdict, { kind: 'done' }> {
  if (isHiddenByNest(thrown)) return { kind: 'retry', error: new HiddenErrorError(handler) };
  const error = asError(thrown);
  const disposition = textOf(thrown, 'disposition');
  if (disposition === 'retry') return { kind: 'retry', error };
  if (disposition === 'park')
    return { kind: 'park', reason: textOf(thrown, 'code') ?? parkingReasons.failed, error };
  if (isTransient(thrown)) return { kind: 'retry', error };
  return { kind: 'park', reason: parkingReasons.failed, error };
}

function textOf(thrown: unknown, property: string): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const value: unknown = Reflect.get(thrown, property);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isHiddenByNest(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    !(thrown instanceof Error) &&
    textOf(thrown, 'status') === 'error' &&
    textOf(thrown, 'message') === 'Internal server error'
  );
}
