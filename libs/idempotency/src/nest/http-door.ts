import { type CallHandler, type ExecutionContext, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { lastValueFrom } from 'rxjs';
import { asError, Refusal } from '../errors.js';
import { answerOf, jsonAnswer, limited, sendAnswer } from '../http/http-answer.js';
import { HttpExchange } from '../http/http-exchange.js';
import { httpFingerprint } from '../http/http-fingerprint.js';
import type { KeyReading } from '../http/idempotency-key.js';
import { preferredWait } from '../http/prefer-wait.js';
import { failureOf, keyInvalid, keyMissing, keyReused, operationInFlight } from '../http/rejections.js';
import type { Answer, EffectResult, Operation, Outcome } from '../operation.js';
import type { GroupAnswer, GroupHandler } from './group-handler.js';
import { HandlerRun, InputRun } from './handler-run.js';
import type { GroupMember, Idempotency } from './idempotency.js';
import { describeSource, readKeyFrom } from './key-source.js';
import type { IdempotentOptions, ResolvedOptions } from './options.js';
import { traceOutcome } from './trace-outcome.js';

const nothing = { defaultValue: undefined };

/** What is the same for every request of a route, and so found out once. */
export interface HttpRoute {
  readonly options: ResolvedOptions & Pick<IdempotentOptions, 'leased'>;
  readonly name: string;
  readonly version: string | undefined;
  readonly group: GroupHandler<unknown> | undefined;
}

/** @param handler what the route and its class say for themselves */
export function httpRouteOf(
  idempotency: Idempotency,
  handler: IdempotentOptions,
  context: ExecutionContext,
  group: GroupHandler<unknown> | undefined,
): HttpRoute {
  return {
    options: { ...idempotency.options, ...handler },
    name: `${context.getClass().name}.${context.getHandler().name}`,
    version: versionOf(context),
    group,
  };
}

/** Turns one HTTP request into an operation, and its outcome into the response. */
export class HttpDoor {
  private readonly exchange: HttpExchange;
  private readonly options: HttpRoute['options'];
  private readonly group: GroupHandler<unknown> | undefined;

  constructor(
    private readonly idempotency: Idempotency,
    private readonly route: HttpRoute,
    context: ExecutionContext,
    host: HttpAdapterHost,
    private readonly next: CallHandler,
  ) {
    this.exchange = HttpExchange.of(context, host);
    this.options = route.options;
    this.group = route.group;
  }

  // Every promise here is one for every request: awaits are for what has to be waited for.
  pass(): Promise<unknown> {
    const { method } = this.exchange.request;
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
      return lastValueFrom(this.next.handle(), nothing);
    }
    const wait = preferredWait(this.exchange.header('prefer'), this.options.wait);
    if (wait !== undefined) this.exchange.setHeader('Preference-Applied', `wait=${wait}`);
    const patience = (wait ?? 0) * 1_000;
    return this.group ? this.passInGroup(this.group, patience) : this.passAlone(patience);
  }

  /** Whether the key is one of the handler's arguments, which only its entry knows. */
  private get isKeyLate(): boolean {
    const { key: source } = this.options;
    return typeof source === 'object' && 'argument' in source;
  }

  private key(args?: readonly unknown[]): string | undefined | Promise<string | undefined> {
    const reading = readKeyFrom(this.options.key, this.exchange, args);
    return reading instanceof Promise
      ? reading.then((read) => this.checkedKey(read))
      : this.checkedKey(reading);
  }

  private checkedKey(reading: KeyReading): string | undefined {
    const { key: source, required, leased } = this.options;
    if (reading.kind === 'key') return reading.key;
    if (reading.kind === 'invalid') throw keyInvalid(describeSource(source), reading.why);
    if (required || leased) throw keyMissing(describeSource(source));
    return undefined;
  }

  /** The handler runs inside the claim; its own interceptors have transformed the value before it is recorded. */
  private async passAlone(patience: number): Promise<unknown> {
    const early = this.isKeyLate ? undefined : await this.key();
    if (early === undefined && !this.isKeyLate) return lastValueFrom(this.next.handle(), nothing);
    const first = new HandlerRun(this.next);
    const args = await first.entered();
    // A pipe refused it, or an interceptor answered in the handler's place: no claim, the key stays free.
    if (!args) return first.value;
    try {
      const key = early ?? (await this.key(args));
      if (key === undefined) {
        first.pass();
        return await first.value;
      }
      const operation = this.operation(key, undefined);
      let runs = 0;
      const nextRun = (): HandlerRun => (runs++ === 0 ? first : new HandlerRun(this.next));
      const outcome = await this.untilDecided(operation, patience, () => {
        const { leased } = this.options;
        if (!leased) {
          return this.idempotency.execute(operation, (_, transaction) =>
            this.answer(nextRun(), (run) => run.grant(transaction)),
          );
        }
        const times = leased === true ? {} : leased;
        return this.idempotency.executeLeased(
          operation,
          (granted) => this.answer(nextRun(), (run) => run.grantLeased(granted)),
          times,
        );
      });
      return this.respond(operation, outcome);
    } finally {
      first.deny();
    }
  }

  private async answer(run: HandlerRun, grant: (run: HandlerRun) => void): Promise<Answer> {
    try {
      grant(run);
      const value = await run.value;
      return limited(answerOf(value, this.exchange, this.options.replayHeaders), this.options.maxAnswerBytes);
    } catch (thrown) {
      const error = asError(thrown);
      const refusal = this.refusal(error);
      throw refusal ? new Refusal(refusal, error.message) : error;
    }
  }

  /** The method only makes the input; the group's handler executes it together with others. */
  private async passInGroup(group: GroupHandler<unknown>, patience: number): Promise<unknown> {
    const reading = this.isKeyLate ? undefined : this.key();
    const early = reading instanceof Promise ? await reading : reading;
    if (early === undefined && !this.isKeyLate) return lastValueFrom(this.next.handle(), nothing);
    const run = new InputRun(this.next);
    const input = await run.value;
    if (!run.args) return input;
    const key = early ?? (await this.key(run.args));
    if (key === undefined) throw keyMissing(describeSource(this.options.key));
    let together = 1;
    const operation = this.operation<GroupMember<unknown>>(key, {
      input,
      toAnswer: (result, size) => {
        together = Math.max(together, size);
        return this.groupAnswer(result);
      },
    });
    const execute = (): Promise<Outcome> => this.idempotency.executeInGroup(group, operation);
    const outcome = await (patience > 0 ? this.untilDecided(operation, patience, execute) : execute());
    return this.respond(operation, outcome, together);
  }

  private groupAnswer(result: GroupAnswer | Error): EffectResult {
    try {
      if (result instanceof Error) return this.refusal(result) ?? result;
      return limited(
        jsonAnswer(result.status, result.headers ?? {}, result.body),
        this.options.maxAnswerBytes,
      );
    } catch (error) {
      return asError(error);
    }
  }

  /** A 4xx of the handler is an answer of the operation, stored and replayed; anything else leaves nothing. */
  private refusal(error: Error): Answer | undefined {
    if (!(error instanceof HttpException)) return undefined;
    const status = error.getStatus();
    const { maxAnswerBytes, recordError, renderError } = this.options;
    if (!recordError(status, error)) return undefined;
    if (!renderError) return limited(jsonAnswer(status, {}, error.getResponse()), maxAnswerBytes);
    const { body, headers, status: rendered } = renderError(error, this.exchange.request);
    const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    return limited(
      { status: rendered, headers: Object.fromEntries(lower), body: Buffer.from(body) },
      maxAnswerBytes,
    );
  }

  private async untilDecided(
    operation: Operation<unknown>,
    patience: number,
    execute: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const until = performance.now() + patience;
    for (;;) {
      const outcome = await execute();
      if (outcome.kind !== 'in-flight') return outcome;
      if (!(await this.idempotency.waitRoom.wait(operation, until - performance.now()))) return outcome;
    }
  }

  private operation<Input>(key: string, input: Input): Operation<Input> {
    const { request, target } = this.exchange;
    const { retention, scope, fingerprint } = this.options;
    const caller = this.idempotency.scopeOf(request, scope);
    this.idempotency.warnings.checkScope(this.route.name, request, scope);
    if (!fingerprint) this.idempotency.warnings.checkRawBody(this.route.name, request);
    return {
      scope: caller,
      key,
      fingerprint: httpFingerprint({
        scope: caller,
        exchange: this.exchange,
        version: this.route.version,
        replacement: fingerprint,
      }),
      input,
      method: request.method,
      path: target.path,
      bytes: request.rawBody?.length ?? 0,
      isWanted: () => !this.exchange.isAbandoned,
      retention,
    };
  }

  private respond(operation: Operation<unknown>, outcome: Outcome, together = 1): unknown {
    traceOutcome(operation, outcome, together);
    const answer = 'answer' in outcome ? outcome.answer : undefined;
    this.idempotency.options.observer.answered?.(operation, outcome.kind, answer);
    switch (outcome.kind) {
      case 'executed':
        return sendAnswer(outcome.answer, false, this.exchange);
      case 'replayed':
        return sendAnswer(outcome.answer, true, this.exchange);
      case 'in-flight':
        throw operationInFlight(this.exchange);
      case 'mismatched':
        throw keyReused();
      case 'failed':
        throw failureOf(outcome.error, this.exchange, Boolean(this.options.leased));
    }
  }
}

// Nest's own name for what @Version() leaves on a handler and @Controller({ version }) on a class.
const versionMetadata = '__version__';

/** Versions that a header chooses are not told by the path. */
function versionOf(context: ExecutionContext): string | undefined {
  const version: unknown =
    Reflect.getMetadata(versionMetadata, context.getHandler()) ??
    Reflect.getMetadata(versionMetadata, context.getClass());
  return version === undefined ? undefined : String(version);
}
