import type { Problem } from '../problems/problem.js';

/**
 * What stands in `request.body` where the body could not be read. It is thrown only when a handler asks for the body, after the
 * guards and the check of the key: that is the contract's order of refusals. A handler without `@Body()` never meets it.
 */
export class BodyProblem {
  constructor(readonly problem: Problem) {}

  /** For those who compare bodies by value: the same problem is the same body. */
  toJSON(): object {
    return { bodyProblem: this.problem.code };
  }
}
