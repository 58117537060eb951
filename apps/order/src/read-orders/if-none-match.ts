/**
 * Whether a conditional GET already has this version (RFC 9110, section 13.1.2): tags compare weakly, `*` is any version.
 * @param tag the current one, strong
 */
export function hasVersion(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const tags = ifNoneMatch.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return tags.some((given) => given.replace(/^W\//, '') === tag);
}
