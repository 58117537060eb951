/** Errors of Node's sockets and name resolution that mean: the other side can't be reached now. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * SQLSTATEs (PostgreSQL, appendix A) after which the same statement may succeed: 08 connection, 40 rolled back by the server,
 * 53 out of resources, 55P03 lock not available, 57014 cancelled, 57P0x shut down or starting up, 58 system error,
 * 25006 a standby that is read-only until it is promoted.
 */
const SQLSTATES = /^(?:08...|40...|53...|55P03|57014|57P0[1-5]|58...|25006)$/;

/** The messages of pg and pg-pool that carry no code. */
const MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|Driver not Connected|Query read timeout)/;

/** Whether an error means that a dependency can't be reached at the moment: the caller may try again. Looks into causes. */
export function isUnreachable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  if ('code' in error && typeof error.code === 'string') {
    if (SOCKET_CODES.has(error.code) || SQLSTATES.test(error.code)) return true;
  }
  if (MESSAGES.test(error.message)) return true;
  if ('driverError' in error && isUnreachable(error.driverError, depth + 1)) return true;
  if (error instanceof AggregateError && error.errors.some((each) => isUnreachable(each, depth + 1)))
    return true;
  return isUnreachable(error.cause, depth + 1);
}
