import { type CallHandler, type ExecutionContext, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { lastValueFrom } from 'rxjs';
import { deferred } from '../engine/deferred.js';
import { asError, Refusal } from '../errors.js';
import { answerOf, jsonAnswer, sendAnswer } from '../http/http-answer.js';
import { HttpExchange } from '../http/http-exchange.js';
import { httpFingerprint } from '../http/http-fingerprint.js';
import { readKey } from '../http/idempotency-key.js';
import { preferredWait } from '../http/prefer-wait.js';
import { failureOf, keyInvalid, keyMissing, keyReused, operationInFlight } from '../http/rejections.js';
import type { Answer, EffectResult, Operation, Outcome } from '../operation.js';
import { runInTransaction, type Transaction } from '../transaction.js';
import { type Method, withEntry } from './entry.js';
import type { GroupAnswer, GroupHandler } from './group-handler.js';
import type { GroupMember, Idempotency } from './idempotency.js';
import type { IdempotentOptions } from './options.js';

/** Not granted: this run of the handler stops before its first line. */
class NotGrantedError extends Error {}

/** Turns one HTTP request into an operation, and its outcome into the response. */
export class HttpDoor {
  private readonly exchange: HttpExchange;
  private readonly replayHeaders: readonly string[];

  constructor(
    private readonly idempotency: Idempotency,
    private readonly handler: IdempotentOptions,
    context: ExecutionContext,
    host: HttpAdapterHost,
    private readonly next: CallHandler,
    private readonly group: GroupHandler<unknown> | undefined,
  ) {
    this.exchange = HttpExchange.of(context, host);
    this.replayHeaders = handler.replayHeaders ?? idempotency.options.replayHeaders;
  }

  async pass(): Promise<unknown> {
    const { method } = this.exchange.request;
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')
      return lastValueFrom(this.next.handle(), nothing);
    const wait = preferredWait(this.exchange.header('prefer'));
    if (wait !== undefined) this.exchange.setHeader('Preference-Applied', `wait=${wait}`);
    const key = this.key();
    if (key === undefined) return lastValueFrom(this.next.handle(), nothing);
    const patience = (wait ?? 0) * 1_000;
    return this.group ? this.passInGroup(this.group, key, patience) : this.passAlone(key, patience);
  }

  private key(): string | undefined {
    const { header } = this.idempotency.options;
    const reading = readKey(this.exchange.fieldLines(header));
    if (reading.kind === 'key') return reading.key;
    if (reading.kind === 'invalid') throw keyInvalid(header, reading.why);
    if (this.handler.required ?? this.idempotency.options.required) throw keyMissing(header);
    return undefined;
  }

  /** The handler runs inside the claim; its inner interceptors have transformed the value before it is recorded. */
  private async passAlone(key: string, patience: number): Promise<unknown> {
    const first = new Run(this.next);
    const entered = await first.entered();
    // A pipe refused it, or an interceptor answered in the handler's place: no claim, the key stays free.
    if (!entered) return first.value;
    const operation = this.operation(key, undefined);
    let runs = 0;
    const outcome = await this.untilDecided(operation, patience, () =>
      this.idempotency.engine
        .execute([operation], async (_, transaction) => {
          const run = runs++ === 0 ? first : new Run(this.next);
          return [await this.answer(run, transaction)];
        })
        .then(([only]) => only),
    );
    if (runs === 0) first.deny();
    return this.respond(outcome);
  }

  private async answer(run: Run, transaction: Transaction): Promise<Answer> {
    try {
      run.grant(transaction);
      return answerOf(await run.value, this.exchange, this.replayHeaders);
    } catch (thrown) {
      const error = asError(thrown);
      const refusal = this.refusal(error);
      throw refusal ? new Refusal(refusal, error.message) : error;
    }
  }

  /** The method only makes the input; the group's handler executes it together with others. */
  private async passInGroup(group: GroupHandler<unknown>, key: string, patience: number): Promise<unknown> {
    const input: unknown = await lastValueFrom(this.next.handle(), nothing);
    const operation = this.operation<GroupMember<unknown>>(key, {
      input,
      toAnswer: (result) => this.groupAnswer(result),
    });
    const outcome = await this.untilDecided(operation, patience, () =>
      this.idempotency.executeInGroup(group, operation),
    );
    return this.respond(outcome);
  }

  private groupAnswer(result: GroupAnswer | Error): EffectResult {
    if (result instanceof Error) return this.refusal(result) ?? result;
    return jsonAnswer(result.status, result.headers ?? {}, result.body);
  }

  /** A 4xx of the handler is an answer of the operation, stored and replayed; anything else leaves nothing. */
  private refusal(error: Error): Answer | undefined {
    if (!(error instanceof HttpException)) return undefined;
    const status = error.getStatus();
    if (status < 400 || status > 499) return undefined;
    const { renderError } = this.idempotency.options;
    if (!renderError) return jsonAnswer(status, {}, error.getResponse());
    const { body, headers, status: rendered } = renderError(error, this.exchange.request);
    const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { status: rendered, headers: Object.fromEntries(lower), body: Buffer.from(body) };
  }

  private async untilDecided(
    operation: Operation<unknown>,
    patience: number,
    execute: () => Promise<Outcome | undefined>,
  ): Promise<Outcome> {
    const until = performance.now() + patience;
    for (;;) {
      const outcome = (await execute()) ?? {
        kind: 'failed',
        error: new Error('The engine answered nothing.'),
      };
      if (outcome.kind !== 'in-flight') return outcome;
      if (!(await this.idempotency.waitRoom.wait(operation, until - performance.now()))) return outcome;
    }
  }

  private operation<Input>(key: string, input: Input): Operation<Input> {
    const { request, target } = this.exchange;
    const scope = this.idempotency.scopeOf(request);
    const { retention } = this.handler;
    return {
      scope,
      key,
      fingerprint: httpFingerprint(scope, this.exchange),
      input,
      method: request.method,
      path: target.path,
      ...(retention !== undefined && { retention }),
    };
  }

  private respond(outcome: Outcome): unknown {
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
        throw failureOf(outcome.error, this.exchange);
    }
  }
}

/** One run through the inner interceptors, the pipes and, once it is granted, the handler. */
class Run {
  private readonly arrival = deferred<true>();
  private readonly permission = deferred<Transaction>();
  readonly value: Promise<unknown>;

  constructor(next: CallHandler) {
    const entry = {
      enter: async (method: Method, args: readonly unknown[]): Promise<unknown> => {
        this.arrival.resolve(true);
        const transaction = await this.permission.promise;
        return runInTransaction(transaction, () => method(...args));
      },
    };
    this.permission.promise.catch(ignore);
    this.value = lastValueFrom(
      withEntry(entry, () => next.handle()),
      nothing,
    );
    this.value.catch(ignore);
  }

  /** Whether it got as far as the handler; false when it settled before. */
  entered(): Promise<boolean> {
    const settled = this.value.then(
      () => false,
      () => false,
    );
    return Promise.race([this.arrival.promise, settled]);
  }

  grant(transaction: Transaction): void {
    this.permission.resolve(transaction);
  }

  deny(): void {
    this.permission.reject(new NotGrantedError());
  }
}

const nothing = { defaultValue: undefined };

/** Whoever awaits the promise itself hears of its rejection. */
function ignore(): void {}
