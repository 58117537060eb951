import type { InjectionToken, Type } from '@nestjs/common';
import type { ConnectionSource } from '../connection.js';
import { defaultEngineOptions } from '../engine/engine.js';
import { defaultGroupLimits, type GroupLimits } from '../engine/group-queue.js';
import type { EngineObserver } from '../engine/observer.js';
import { defaultSweeperOptions, type SweeperOptions } from '../engine/sweeper.js';
import type { HttpRequest } from '../http/http-exchange.js';
import type { LeaseTimes } from '../leased/lease-times.js';
import { signedInCaller } from './caller.js';
import { checkOptions } from './check-options.js';
import type { GroupHandler } from './group-handler.js';

/** Where a decorated method keeps its options. */
export const idempotentMetadata = Symbol.for('semel:idempotent');

/** Where a request's key is. A function may be async; without a key it answers undefined. */
export type KeySource =
  | { readonly header: string }
  /** Path of a member of the JSON body, e.g. `payment.reference`. */
  | { readonly body: string }
  /** Index of an argument of the handler, after pipes. */
  | { readonly argument: number }
  | ((request: HttpRequest) => string | undefined | Promise<string | undefined>);

/** A refusal as it goes over the wire. */
export interface RenderedError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface IdempotencyOptions {
  /** Where a request's key is. Default `{ header: 'Idempotency-Key' }`. */
  readonly key?: KeySource;
  /** Whether a request without a key is refused (400). Default true. */
  readonly required?: boolean;
  /**
   * Whose key it is. Default: `sub`, `userId` or `id` of `request.principal` or `request.user`. Undefined: nobody's, and
   * all such requests share their keys.
   */
  readonly scope?: (request: HttpRequest) => string | undefined;
  /**
   * What of a request, besides caller, method and path, makes it the same request: any JSON value. Default: query and
   * body.
   */
  readonly fingerprint?: (request: HttpRequest) => unknown;
  /** Whether a 4xx or 5xx that a handler threw is an answer, stored and replayed. Default: 400 to 499. */
  readonly recordError?: (status: number, error: Error) => boolean;
  /** An answer with a larger body is an error before anything is committed, in bytes. Default 5 MiB. */
  readonly maxAnswerBytes?: number;
  /** Encrypts stored answers (AES-256-GCM). The first key seals, all of them open. Default: they lie open. */
  readonly encryption?: { readonly keys: readonly (string | Buffer)[] };
  /** How long an answer is kept, in seconds. Default 24 h. */
  readonly retention?: number;
  /** How long a message's key is kept, in seconds. It has to outlive the topic. Default 30 days. */
  readonly messageRetention?: number;
  /** Response headers that are stored and replayed besides Location, ETag, Content-* and Last-Modified. */
  readonly replayHeaders?: readonly string[];
  /**
   * Makes the bytes of a 4xx that a handler threw, before they are stored. Default: the exception's response as JSON.
   * Give your exception filter's rendering, so that refusals of idempotent routes look like all others.
   */
  readonly renderError?: (error: Error, request: HttpRequest) => RenderedError;
  /** How long a claim may take, in milliseconds. Default 10 s. */
  readonly claimTimeout?: number;
  /** How long an operation may take, in milliseconds. Default 30 s. */
  readonly operationTimeout?: number;
  /** How long leased operations are their owner's; a route's `leased` goes over it. */
  readonly leases?: Partial<LeaseTimes>;
  /** Longest `Prefer: wait` that is granted, in seconds; 0: none, the preference is ignored. Default 30. */
  readonly wait?: number;
  /** How many requests may wait (`Prefer: wait`) in this process. Default 2,000. */
  readonly waiting?: number;
  /** Hears what the engine does: connect your metrics here. */
  readonly observer?: EngineObserver;
  /** Memory for answers that are replayed without a transaction, in bytes; 0 for none. Default 16 MiB. */
  readonly rememberedBytes?: number;
  /** Bounds of group commit. */
  readonly groups?: Partial<GroupLimits>;
  /** How expired keys are forgotten. */
  readonly sweeper?: Partial<SweeperOptions>;
  /** The token of the DataSource to use. Default: TypeORM's default one. */
  readonly dataSource?: InjectionToken;
  /** Where connections come from instead of a DataSource, e.g. `new PgConnections(pool)`: TypeORM isn't needed then. */
  readonly connections?: ConnectionSource;
}

/** What a handler, or a class for its handlers, says for itself; the nearer one wins, option by option. */
export interface IdempotentOptions
  extends Partial<
    Pick<
      IdempotencyOptions,
      | 'key'
      | 'required'
      | 'scope'
      | 'fingerprint'
      | 'recordError'
      | 'maxAnswerBytes'
      | 'retention'
      | 'replayHeaders'
      | 'wait'
    >
  > {
  /** Message handlers: the consumer's name, the scope of its keys. It never changes, whatever the class is called. */
  readonly consumer?: string;
  /** HTTP routes: the method makes the input, and this handler of many executes it in groups. */
  readonly group?: Type<GroupHandler<unknown>>;
  /**
   * HTTP routes whose handler calls the outside world: its key is claimed in a commit of its own, and no transaction is
   * open while the handler runs. Take its steps through `@CurrentOperation()`. A key is always required.
   */
  readonly leased?: boolean | Partial<LeaseTimes>;
}

type Optional = 'renderError' | 'fingerprint' | 'encryption';

export type ResolvedOptions = Required<
  Omit<IdempotencyOptions, 'dataSource' | 'connections' | 'groups' | 'sweeper' | Optional>
> &
  Pick<IdempotencyOptions, Optional> & { readonly groups: GroupLimits; readonly sweeper: SweeperOptions };

/** The nearest level that says anything of an option wins: undefined erases nothing. From far to near. */
export function nearerWins(...levels: readonly (IdempotentOptions | undefined)[]): IdempotentOptions {
  const given = levels.flatMap((level) =>
    Object.entries(level ?? {}).filter(([, value]) => value !== undefined),
  );
  return Object.fromEntries(given);
}

/** @throws IdempotencyOptionsError naming the option, its value and the cure */
export function resolveOptions(options: IdempotencyOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    key: options.key ?? { header: 'Idempotency-Key' },
    required: options.required ?? true,
    scope: options.scope ?? signedInCaller,
    recordError: options.recordError ?? isClientError,
    maxAnswerBytes: options.maxAnswerBytes ?? 5 * 1024 * 1024,
    retention: options.retention ?? defaultEngineOptions.retention,
    messageRetention: options.messageRetention ?? 30 * 86_400,
    replayHeaders: options.replayHeaders ?? [],
    claimTimeout: options.claimTimeout ?? defaultEngineOptions.claimTimeout,
    operationTimeout: options.operationTimeout ?? defaultEngineOptions.operationTimeout,
    leases: options.leases ?? {},
    wait: options.wait ?? 30,
    waiting: options.waiting ?? 2_000,
    rememberedBytes: options.rememberedBytes ?? defaultEngineOptions.rememberedBytes,
    observer: options.observer ?? {},
    groups: { ...defaultGroupLimits, ...options.groups },
    sweeper: { ...defaultSweeperOptions, ...options.sweeper },
    ...(options.renderError && { renderError: options.renderError }),
    ...(options.fingerprint && { fingerprint: options.fingerprint }),
    ...(options.encryption && { encryption: options.encryption }),
  };
  checkOptions(resolved);
  return resolved;
}

function isClientError(status: number): boolean {
  return status >= 400 && status <= 499;
}
