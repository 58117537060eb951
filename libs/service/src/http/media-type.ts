const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const MEDIA_TYPE = new RegExp(`^[ \\t]*${TOKEN}/${TOKEN}[ \\t]*(?:;.*)?$`);
const CHARSET = /;[ \t]*charset=(?:"([^"]*)"|([^;\s]*))/i;

/** Whether a Content-Type has the form `type/subtype` with or without parameters (RFC 9110, section 8.3). */
export function isMediaType(contentType: string): boolean {
  return MEDIA_TYPE.test(contentType);
}

/** Whether a Content-Type announces JSON in UTF-8: `application/json`, with any parameters as long as a charset is utf-8. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined || !isMediaType(contentType)) return false;
  const [type = ''] = contentType.split(';', 1);
  if (type.trim().toLowerCase() !== 'application/json') return false;
  const charset = CHARSET.exec(contentType);
  return charset === null || /^utf-?8$/i.test(charset[1] ?? charset[2] ?? '');
}
