/** Everything that a page asks for at once: scripts, styles, icons; as the page writes it. */
export function assetsOf(html: string): string[] {
  return [...html.matchAll(/<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"]+)"/g)].map(([, url]) =>
    String(url),
  );
}

/** Of these, whatever would be asked of another machine. */
export function foreign(assets: readonly string[]): string[] {
  return assets.filter((url) => /^(?:[a-z]+:)?\/\//i.test(url) && !url.startsWith('data:'));
}
