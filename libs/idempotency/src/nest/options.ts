import type { InjectionToken, Type } from '@nestjs/common';
import { defaultEngineOptions } from '../engine/engine.js';
import { defaultGroupLimits, type GroupLimits } from '../engine/group-queue.js';
import type { EngineObserver } from '../engine/observer.js';
import { defaultSweeperOptions, type SweeperOptions } from '../engine/sweeper.js';
import { IdempotencyOptionsError } from '../errors.js';
import type { HttpRequest } from '../http/http-exchange.js';
import type { GroupHandler } from './group-handler.js';

/** Where a decorated method keeps its options. */
export const idempotentMetadata = Symbol.for('semel:idempotent');

/** A refusal as it goes over the wire. */
export interface RenderedError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface IdempotencyOptions {
  /** Name of the request header. Default `Idempotency-Key`. */
  readonly header?: string;
  /** Whether a request without a key is refused (400). Default true. */
  readonly required?: boolean;
  /** Whose key it is. Default: `request.principal.sub`, `request.user.sub` or `request.user.id`; without: nobody's. */
  readonly scope?: (request: HttpRequest) => string | undefined;
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
  /** How many requests may wait (`Prefer: wait`) in this process. Default 2,000. */
  readonly waiting?: number;
  /** Hears what the engine does: connect your metrics here. */
  readonly observer?: EngineObserver;
  /** Bounds of group commit. */
  readonly groups?: Partial<GroupLimits>;
  /** How expired keys are forgotten. */
  readonly sweeper?: Partial<SweeperOptions>;
  /** The token of the DataSource to use. Default: TypeORM's default one. */
  readonly dataSource?: InjectionToken;
}

/** What one handler says for itself; it wins over the module. */
export interface IdempotentOptions {
  readonly required?: boolean;
  readonly retention?: number;
  readonly replayHeaders?: readonly string[];
  /** Message handlers: the consumer's name, the scope of its keys. It never changes, whatever the class is called. */
  readonly consumer?: string;
  /** HTTP routes: the method makes the input, and this handler of many executes it in groups. */
  readonly group?: Type<GroupHandler<unknown>>;
}

export type ResolvedOptions = Required<
  Omit<IdempotencyOptions, 'dataSource' | 'renderError' | 'groups' | 'sweeper'>
> &
  Pick<IdempotencyOptions, 'renderError'> & {
    readonly groups: GroupLimits;
    readonly sweeper: SweeperOptions;
  };

const refusedHeaders = new Set([
  'set-cookie',
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'te',
]);

/** @throws IdempotencyOptionsError naming the option, its value and the cure */
export function resolveOptions(options: IdempotencyOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    header: options.header ?? 'Idempotency-Key',
    required: options.required ?? true,
    scope: options.scope ?? signedInCaller,
    retention: options.retention ?? defaultEngineOptions.retention,
    messageRetention: options.messageRetention ?? 30 * 86_400,
    replayHeaders: options.replayHeaders ?? [],
    claimTimeout: options.claimTimeout ?? defaultEngineOptions.claimTimeout,
    operationTimeout: options.operationTimeout ?? defaultEngineOptions.operationTimeout,
    waiting: options.waiting ?? 2_000,
    observer: options.observer ?? {},
    groups: { ...defaultGroupLimits, ...options.groups },
    sweeper: { ...defaultSweeperOptions, ...options.sweeper },
    ...(options.renderError && { renderError: options.renderError }),
  };
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(resolved.header)) {
    throw new IdempotencyOptionsError('header', resolved.header, 'give the name of an HTTP header.');
  }
  if (typeof resolved.required !== 'boolean') {
    throw new IdempotencyOptionsError('required', resolved.required, 'give true or false.');
  }
  for (const name of ['scope', 'renderError'] as const) {
    if (resolved[name] !== undefined && typeof resolved[name] !== 'function') {
      throw new IdempotencyOptionsError(name, resolved[name], 'give a function of the request.');
    }
  }
  checkNumber('retention', resolved.retention, 1, 10 * 366 * 86_400, 'seconds');
  checkNumber('messageRetention', resolved.messageRetention, 1, 10 * 366 * 86_400, 'seconds');
  checkNumber('claimTimeout', resolved.claimTimeout, 1, 600_000, 'milliseconds');
  checkNumber('operationTimeout', resolved.operationTimeout, 1, 3_600_000, 'milliseconds');
  checkNumber('waiting', resolved.waiting, 0, 1_000_000, 'requests');
  checkNumber('groups.size', resolved.groups.size, 1, 500, 'operations');
  checkNumber('groups.inFlight', resolved.groups.inFlight, 1, 64, 'groups');
  checkNumber('groups.waiting', resolved.groups.waiting, 1, 1_000_000, 'operations');
  checkNumber('sweeper.interval', resolved.sweeper.interval, 0, 2_000_000_000, 'milliseconds');
  checkNumber('sweeper.grace', resolved.sweeper.grace, 0, 366 * 86_400, 'seconds');
  checkNumber('sweeper.batch', resolved.sweeper.batch, 1, 10_000, 'keys');
  checkReplayHeaders(resolved.replayHeaders);
  return resolved;
}

/** @throws IdempotencyOptionsError where the decorator is applied */
export function checkHandlerOptions(options: IdempotentOptions): void {
  if (options.retention !== undefined) {
    checkNumber('retention', options.retention, 1, 10 * 366 * 86_400, 'seconds');
  }
  if (options.consumer !== undefined && !/^[\x21-\x7e]{1,200}$/.test(options.consumer)) {
    throw new IdempotencyOptionsError(
      'consumer',
      options.consumer,
      'give a name of 1 to 200 printable ASCII characters.',
    );
  }
  checkReplayHeaders(options.replayHeaders ?? []);
}

function checkReplayHeaders(names: readonly string[]): void {
  for (const name of names) {
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

interface Principal {
  readonly sub?: unknown;
  readonly id?: unknown;
}

function signedInCaller(
  request: HttpRequest & { readonly principal?: Principal; readonly user?: Principal },
): string | undefined {
  const name = request.principal?.sub ?? request.user?.sub ?? request.user?.id;
  return name === undefined || name === null ? undefined : String(name);
}
