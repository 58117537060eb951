/** SQLSTATEs that the engine tells apart (PostgreSQL manual, appendix A). */
export const sqlstate = {
  uniqueViolation: '23505',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  inFailedTransaction: '25P02',
  idleInTransactionTimeout: '25P03',
  outOfMemory: '53200',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
} as const;

// 08 connection, 40 rollback, 53 resources, 57 operator intervention, 58 system: the same work may succeed later.
const transientClasses = new Set(['08', '40', '53', '57', '58']);
const transientStates = new Set<string>([sqlstate.lockNotAvailable, sqlstate.idleInTransactionTimeout]);

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

// node-postgres and pg-pool report a lost or refused connection by message alone.
const connectionMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end)/;

interface CodedError {
  readonly code?: unknown;
  readonly driverError?: unknown;
  readonly cause?: unknown;
}

/** The SQLSTATE of a server error, also when an ORM wrapped it; `undefined` for anything else. */
export function sqlstateOf(error: unknown): string | undefined {
  for (const layer of layersOf(error)) {
    const { code } = layer as CodedError;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !networkCodes.has(code)) return code;
  }
  return undefined;
}

/**
 * Whether the connection itself is gone (as opposed to a statement that failed on a healthy one). After it, what the
 * server did with the last statement is unknown.
 */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state !== undefined) {
    return state.startsWith('08') || state.startsWith('57P') || state === sqlstate.idleInTransactionTimeout;
  }
  return layersOf(error).some(
    (layer) =>
      (typeof (layer as CodedError).code === 'string' &&
        networkCodes.has(String((layer as CodedError).code))) ||
      (layer instanceof Error && connectionMessages.test(layer.message)),
  );
}

/**
 * Whether the same work may succeed when it is simply done again: by SQLSTATE class (08, 40, 53, 57, 58, 55P03, 25P03)
 * and by network errors. Everything else (a violated constraint, a TypeError) fails again however often it is tried.
 */
export function isTransient(error: unknown): boolean {
  if (layersOf(error).some((layer) => (layer as { transient?: unknown }).transient === true)) return true;
  const state = sqlstateOf(error);
  if (state !== undefined) return transientStates.has(state) || transientClasses.has(state.slice(0, 2));
  return isConnectionLoss(error);
}

function layersOf(error: unknown): object[] {
  const layers: object[] = [];
  let layer: unknown = error;
  while (typeof layer === 'object' && layer !== null && layers.length < 5) {
    layers.push(layer);
    layer = (layer as CodedError).driverError ?? (layer as CodedError).cause;
  }
  return layers;
}
