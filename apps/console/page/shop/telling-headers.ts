const TELLING = ['retry-after', 'preference-applied'];

/** Headers that say what became of a request, as against those that every answer has. */
export function isTelling(name: string): boolean {
  return name.startsWith('idempotency-') || TELLING.includes(name);
}

/** A header's name as people write it. */
export function headerTitle(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace('Etag', 'ETag');
}
