import type { z } from 'zod';
import { pointerTo } from './json-pointer.js';

/** One member that broke a schema: its JSON pointer (the whole document is the empty string) and what is wrong with it. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** Every member that a failed parse complains of; each unknown member is named for itself. */
export function violationsOf(error: z.core.$ZodError): Violation[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: pointerTo([...issue.path, key]), message: 'is not a known member' }))
      : [{ path: pointerTo(issue.path), message: issue.message }],
  );
}
