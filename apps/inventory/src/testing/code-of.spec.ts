import { ProblemDocument } from '@semel/contracts';
import type { Answer } from './running-inventory.spec.js';

/** Status and code of an answer, which has to be a whole problem (RFC 9457). */
export function codeOf({ status, json, headers }: Answer): [number, string] {
  expect(headers.get('content-type')).toBe('application/problem+json');
  const problem = ProblemDocument.parse(json);
  expect(problem).toMatchObject({ status, type: `/problems/${problem.code}` });
  return [status, problem.code];
}
