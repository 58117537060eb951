/** A connection as seen by whatever is put between it and its users. */
export interface Line {
  /** @param deliver sends the statement to the database and answers its result */
  send<Result>(text: string, deliver: () => Promise<Result>): Promise<Result>;
}

/** Stands between a program and its connections. */
export interface Interposer {
  /** @param cut destroys the connection, as a network or a dying process does: no goodbye is said */
  line(cut: () => void): Line;
}

/** What a statement is to the protocol. */
export type Stage = 'begin' | 'claimed' | 'handler' | 'record' | 'commit' | 'other';

/**
 * Follows the statements of one connection. The handler's are those between the claim and the end of the transaction
 * that are not the engine's own: a handler has no business in `idempotency_key`, and savepoints that begin with
 * `semel_` are the engine's.
 */
export function followStages(): (text: string) => Stage {
  let claimed = false;
  return (text) => {
    if (/^\s*BEGIN ISOLATION LEVEL READ COMMITTED/.test(text)) return 'begin';
    if (/^\s*SAVEPOINT semel_claimed/.test(text)) {
      claimed = true;
      return 'claimed';
    }
    if (!claimed) return 'other';
    if (/^\s*INSERT INTO idempotency_key\b/.test(text)) return 'record';
    if (/^\s*(COMMIT|ROLLBACK)\s*$/.test(text)) {
      claimed = false;
      return text.includes('COMMIT') ? 'commit' : 'other';
    }
    return /\bidempotency_key\b|\bsemel_|\bpg_locks\b/.test(text) ? 'other' : 'handler';
  };
}
