/**
 * Something about this machine stands in the way. `message` is one sentence that says what, and what to do next;
 * it is meant to be printed as it is, without a stack.
 */
export class PlatformError extends Error {
  /** e.g. `postgres-unreachable-folder`, `java-missing`, `disk-full`. */
  readonly code: string;

  constructor(message: string, { code, cause }: { code: string; cause?: unknown }) {
    super(message, { cause });
    this.name = 'PlatformError';
    this.code = code;
  }
}

const full = /no space left on device|ENOSPC|disk quota exceeded|EDQUOT/i;

/** Whether an error, or what a program wrote before it gave up, says that the disk is full. */
export function tellsOfFullDisk(evidence: unknown): boolean {
  return full.test(
    evidence instanceof Error ? `${evidence.message} ${String(evidence.cause ?? '')}` : String(evidence),
  );
}

export function diskFull(folder: string, cause?: unknown): PlatformError {
  return new PlatformError(
    `The disk that holds ${folder} is full: free some space there and run the command again.`,
    { code: 'disk-full', cause },
  );
}
