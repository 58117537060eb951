import { HttpException } from '@nestjs/common';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { isProblemCode, type ProblemCode, problemCatalogue } from '@semel/contracts';
import { Problem, unavailable } from './problem.js';
import { isUnreachable } from './unreachable.js';

/** An answer in RFC 9457's form, ready to send or to store. */
export interface RenderedProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Codes for the errors that frameworks throw with nothing but a status. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'payload-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  417: 'expectation-failed',
  422: 'invalid-request',
  431: 'headers-too-large',
  503: 'service-unavailable',
};

const UNEXPECTED = 'An unexpected error. Try again, or report the traceId.';

/**
 * The answer to a request that ended in `error`, whatever was thrown: a `Problem`, any other `HttpException` (one whose
 * `getResponse()` has a `code` keeps all its members), an error of an unreachable dependency (503), anything else (500, telling
 * nothing of it). A pure function: the same error and path give the same bytes.
 */
export function renderProblem(error: unknown, request: { readonly url: string }): RenderedProblem {
  const exception = asException(error);
  const status = exception.getStatus();
  const members = membersOf(exception, status);
  const known = isProblemCode(members.code) ? problemCatalogue[members.code] : undefined;
  const document = {
    type: `/problems/${members.code}`,
    title: members.title ?? known?.title ?? exception.message,
    status,
    detail: members.detail,
    instance: pathOf(request.url),
    code: members.code,
    ...members.others,
    ...(status >= 500 ? currentTrace() : {}),
  };
  return {
    status,
    headers: { ...headersOf(exception), 'content-type': 'application/problem+json' },
    body: Buffer.from(JSON.stringify(document)),
  };
}

function asException(error: unknown): HttpException {
  if (error instanceof HttpException) return error;
  if (isUnreachable(error)) {
    return unavailable('Something that this service depends on cannot be reached. Try again shortly.', error);
  }
  const status = clientErrorStatus(error);
  if (status !== undefined && error instanceof Error)
    return new HttpException(error.message, status, { cause: error });
  return new Problem('internal-error', UNEXPECTED, { cause: error });
}

/** Fastify's own errors carry a status; only those that blame the client are told. */
function clientErrorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

interface Members {
  readonly code: string;
  readonly title: string | undefined;
  readonly detail: string;
  readonly others: Readonly<Record<string, unknown>>;
}

/** The members that RFC 9457 and we define; all others are extensions. */
const OWN_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'instance', 'code']);

function membersOf(exception: HttpException, status: number): Members {
  const response = exception.getResponse();
  const given: Readonly<Record<string, unknown>> = typeof response === 'object' ? { ...response } : {};
  if (typeof given.code === 'string') {
    return {
      code: given.code,
      title: textOr(given.title, undefined),
      detail: textOr(given.detail, exception.message),
      others: Object.fromEntries(Object.entries(given).filter(([name]) => !OWN_MEMBERS.has(name))),
    };
  }
  const code = CODE_OF_STATUS[status] ?? (status < 500 ? 'bad-request' : 'internal-error');
  const tellable = status < 500 || status === 503;
  return { code, title: undefined, detail: tellable ? sentence(exception.message) : UNEXPECTED, others: {} };
}

function textOr<Otherwise>(value: unknown, otherwise: Otherwise): string | Otherwise {
  return typeof value === 'string' ? value : otherwise;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function headersOf(exception: HttpException): Readonly<Record<string, string>> {
  if (exception instanceof Problem) return exception.headers;
  return exception.getStatus() === 503 ? { 'retry-after': '1' } : {};
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function currentTrace(): { traceId?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? { traceId: span.traceId } : {};
}
