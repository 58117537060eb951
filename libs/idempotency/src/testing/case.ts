/** One case of a suite: feed it to the `it` of Jest, Vitest or node:test. It rejects with an AssertionError. */
export interface Case {
  /** The policy that it checks. */
  readonly name: string;
  run(): Promise<void>;
}
