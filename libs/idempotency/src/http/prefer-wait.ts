/**
 * The seconds of `Prefer: wait=N` (RFC 7240, section 4.3). The first `wait` counts; anything that is no whole number
 * is ignored, as the RFC asks for preferences that can't be honoured.
 *
 * @param most the longest wait that is granted, in seconds; 0: none is, and the preference is not applied
 */
export function preferredWait(fieldValue: string | undefined, most: number): number | undefined {
  if (fieldValue === undefined || most === 0) return undefined;
  for (const preference of fieldValue.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []) {
    const [token = ''] = preference.split(';');
    const match = /^\s*wait\s*(?:=\s*(.*?)\s*)?$/i.exec(token);
    if (!match) continue;
    const seconds = /^(?:"([0-9]{1,9})"|([0-9]{1,9}))$/.exec(match[1] ?? '');
    return seconds ? Math.min(Number(seconds[1] ?? seconds[2]), most) : undefined;
  }
  return undefined;
}
