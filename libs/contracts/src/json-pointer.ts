/** The JSON pointer (RFC 6901) of a path of members and indexes; the whole document is the empty string. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
