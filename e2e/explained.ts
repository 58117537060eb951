import { setTimeout as wait } from 'node:timers/promises';

/**
 * A test that tells, where it fails or takes too long, what a reader of the failure would look for first: the end of jest's
 * own time limit says nothing.
 */
export function explained(report: () => Promise<unknown>) {
  return (name: string, test: () => Promise<void>, limitMs: number): void =>
    it(
      name,
      async () => {
        const end = new AbortController();
        const late = wait(limitMs, undefined, { signal: end.signal }).then(
          () => Promise.reject(new Error(`not done within ${limitMs / 1_000} s`)),
          () => undefined,
        );
        try {
          await Promise.race([test(), late]);
        } catch (error) {
          process.stderr.write(`${name}: ${JSON.stringify(await report())}\n`);
          throw error;
        } finally {
          end.abort();
        }
      },
      limitMs + 20_000,
    );
}
