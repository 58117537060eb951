/** One request of an .http file, its variables filled in but for references to other answers. */
export interface WrittenRequest {
  readonly title: string;
  /** By which others refer to its answer. */
  readonly name: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** After `# →`: the status, and a header that is worth a look. */
  readonly expected: { readonly status: number; readonly header: readonly [string, string] | undefined };
}

/** Reads the requests of an .http file, as VS Code's REST Client does: divided by `###`, with `@variables` of the whole file. */
export function requestsIn(text: string, values: Readonly<Record<string, string>>): WrittenRequest[] {
  const variables = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^@(\w+)\s*=\s*(.*)$/gm))
    variables.set(String(name), String(value));
  for (const [name, value] of Object.entries(values)) variables.set(name, value);
  const [, ...sections] = text.split(/^###/m);
  return sections.map((section) => requestIn(filled(section, variables)));
}

/** A text with the variables of a file put in; what is none of them stays as it is. */
function filled(text: string, variables: ReadonlyMap<string, string>): string {
  const once = text.replace(/\{\{(\w+)\}\}/g, (all, name: string) => variables.get(name) ?? all);
  // A variable's value may name another one.
  return once === text ? text : filled(once, variables);
}

function requestIn(section: string): WrittenRequest {
  const [title = '', ...lines] = section.split('\n').map((line) => line.trimEnd());
  const about = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0];
  const expected = about(/^# → (.*)$/) ?? '';
  const [, status, name, value] = /^(\d{3})(?: ([\w-]+): (.*))?$/.exec(expected) ?? [];
  if (status === undefined) throw new Error(`${title.trim()}: it does not say what it answers.`);
  const content = lines.filter((line) => !/^[#@]/.test(line));
  const start = content.findIndex((line) => /^[A-Z]+ \S+$/.test(line));
  const [method = '', url = ''] = (content[start] ?? '').split(' ');
  const blank = content.indexOf('', start);
  const headers = content.slice(start + 1, blank).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const body = content.slice(blank).join('\n').trim();
  return {
    title: title.trim(),
    name: about(/^# @name (\w+)$/),
    method,
    url,
    headers: Object.fromEntries(headers),
    body: body === '' ? undefined : body,
    expected: {
      status: Number(status),
      header: name === undefined || value === undefined ? undefined : [name, value],
    },
  };
}
