/**
 * What became of a request. The first five are the engine's own words; `refused` is an answer that no operation gave (an invalid
 * request), and `lost` is no answer at all.
 */
export type Outcome = 'executed' | 'replayed' | 'in-flight' | 'mismatched' | 'failed' | 'refused' | 'lost';

interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reads the outcome off an answer's status, headers and problem code. */
export function outcomeOf(answer: AnswerHead | undefined): Outcome {
  if (answer === undefined) return 'lost';
  if (answer.status >= 500) return 'failed';
  if (answer.headers['idempotency-replayed'] === 'true') return 'replayed';
  const code = problemCodeOf(answer);
  if (code === 'operation-in-flight') return 'in-flight';
  if (code === 'idempotency-key-reused') return 'mismatched';
  return answer.headers['idempotency-status'] === 'Processed' ? 'executed' : 'refused';
}

/** The code of an RFC 9457 answer. */
export function problemCodeOf({ headers, body }: AnswerHead): string | undefined {
  if (headers['content-type']?.startsWith('application/problem+json') !== true) return undefined;
  const problem: unknown = JSON.parse(body);
  return typeof problem === 'object' &&
    problem !== null &&
    'code' in problem &&
    typeof problem.code === 'string'
    ? problem.code
    : undefined;
}
