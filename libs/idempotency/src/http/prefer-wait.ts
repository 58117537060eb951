/** Longest wait that is granted, in seconds. */
const maxWait = 30;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240, section 4.3), at most 30. The first `wait` counts; anything
 * that is no whole number is ignored, as the RFC asks for preferences that can't be honoured.
 */
export function preferredWait(fieldValue: string | undefined): number | undefined {
  if (fieldValue === undefined) return undefined;
  for (const preference of fieldValue.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []) {
    const [token = ''] = preference.split(';');
    const match = /^\s*wait\s*(?:=\s*(.*?)\s*)?$/i.exec(token);
    if (!match) continue;
    const seconds = /^(?:"([0-9]{1,9})"|([0-9]{1,9}))$/.exec(match[1] ?? '');
    return seconds ? Math.min(Number(seconds[1] ?? seconds[2]), maxWait) : undefined;
  }
  return undefined;
}
