import { HttpException } from '@nestjs/common';
import { type ProblemCode, problemCatalogue, type Violation } from '@semel/contracts';

export interface ProblemOptions {
  /** Members of the answer besides RFC 9457's own. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Headers of the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal with a code of the catalogue: throw it anywhere and it becomes the RFC 9457 answer. */
export class Problem extends HttpException {
  override readonly name = 'Problem';
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    /** What is wrong with this very request, in a sentence for the caller. */
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    const { title, status } = problemCatalogue[code];
    super({ ...options.members, code, title, status, detail }, status, {
      cause: options.cause,
      description: detail,
    });
    this.message = `${code}: ${detail}`;
    this.headers = options.headers ?? {};
  }
}

/** 422 `invalid-request`, naming each member; `part` is where they are: `body`, `query` or `path`. */
export function invalidRequest(part: 'body' | 'query' | 'path', errors: readonly Violation[]): Problem {
  const named = errors.map(({ path, message }) => `${path || 'the whole'} ${message}`).slice(0, 3);
  const more = errors.length > named.length ? `; and ${errors.length - named.length} more` : '';
  return new Problem('invalid-request', `The ${part} breaks its schema: ${named.join('; ')}${more}.`, {
    members: { errors },
  });
}

/** 503 with `Retry-After`: something that the service needs is not there at the moment. */
export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem('service-unavailable', detail, { headers: { 'retry-after': '1' }, cause });
}
