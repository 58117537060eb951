import { readFileSync } from 'node:fs';

/** A fenced block of a page. */
export interface CodeBlock {
  readonly language: string;
  /** Of ```ts title="src/main.ts": the file that it is. */
  readonly title: string | undefined;
  readonly text: string;
  /** The line of the page that the block's first line is. */
  readonly line: number;
}

export function codeBlocksOf(page: string): CodeBlock[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const blocks: CodeBlock[] = [];
  let open: { language: string; title: string | undefined; from: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^```(?<language>[a-z]*)(?: title="(?<title>[^"]+)")?\s*$/.exec(line);
    if (!fence) continue;
    if (open) {
      const text = lines.slice(open.from, index).join('\n');
      blocks.push({ language: open.language, title: open.title, text, line: open.from + 1 });
      open = undefined;
    } else {
      open = { language: String(fence.groups?.language), title: fence.groups?.title, from: index + 1 };
    }
  }
  if (open) throw new Error(`${page}: the block at line ${open.from} is not closed.`);
  return blocks;
}
