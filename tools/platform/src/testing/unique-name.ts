import { randomBytes } from 'node:crypto';

/** `<prefix>-<12 hexadecimal digits>`: a topic, group or database of this test's own. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
