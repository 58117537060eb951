const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A Ctrl-C comes from the terminal and from npm: within this time the second one is the same. */
const sameMilliseconds = 1_000;

/**
 * Until the returned function is called, a signal interrupts, and one that comes later ends the process where it is.
 * @param exitCode of the latter
 */
export function onInterrupt(interrupt: () => void, exitCode: number): () => void {
  let firstAt: number | undefined;
  const hear = () => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      interrupt();
    } else if (performance.now() - firstAt > sameMilliseconds) process.exit(exitCode);
  };
  for (const signal of signals) process.on(signal, hear);
  return () => {
    for (const signal of signals) process.removeListener(signal, hear);
  };
}
