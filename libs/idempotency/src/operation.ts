/** Identified work: a REST request with an Idempotency-Key, or a message with its key. */
export interface Operation<Input = unknown> {
  /** Who the key belongs to: a caller, or a consumer and an event type. At most 512 characters. */
  readonly scope: string;
  /** The key inside its scope, 1 to 255 characters. */
  readonly key: string;
  /** Digest of what is asked for: the same key with another fingerprint is another request. */
  readonly fingerprint: string;
  readonly input: Input;
  /**
   * Operations with the same `exclusion` never run at the same time and run in the order given. Default: scope and key.
   * A consumer takes its name and the message key, without the event type, so that all events of a key take turns.
   */
  readonly exclusion?: string;
  /** Told by status look-ups. */
  readonly method?: string;
  readonly path?: string;
  /** What it weighs among those that wait for a group. */
  readonly bytes?: number;
  /** Whether somebody still waits for the answer: asked once, before its group starts. */
  isWanted?(): boolean;
  /** How long the answer is kept, in seconds; the module's default otherwise. */
  readonly retention?: number;
}

/** What an operation answers. `body` is stored as bytes, exactly as they are sent. */
export interface Answer {
  /** An HTTP status code; messages answer 200. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** An answer as the table keeps it. */
export interface StoredAnswer extends Answer {
  readonly expiresAt: Date;
}

/** What became of one operation. */
export type Outcome =
  /** It ran, now, once. */
  | { readonly kind: 'executed'; readonly answer: StoredAnswer }
  /** It ran before; this is the answer that it got then. */
  | { readonly kind: 'replayed'; readonly answer: StoredAnswer }
  /** It runs elsewhere at this moment. */
  | { readonly kind: 'in-flight' }
  /** The key stands for another request. */
  | { readonly kind: 'mismatched' }
  /** It did not happen; nothing of it remains. */
  | { readonly kind: 'failed'; readonly error: Error };

/** What the effect answers for one operation: its answer, or the error that lets this one fail without the others. */
export type EffectResult = Answer | Error;
