import { readFileSync } from 'node:fs';
import { codeBlocksOf } from './code-blocks.js';

/** A command that a page tells its reader to type. */
export interface Command {
  readonly page: string;
  readonly line: number;
  /** Its program and arguments; what stood in quotes is `''`. */
  readonly words: readonly string[];
}

/** A shell block as it would be typed: of a console block what follows its prompts. */
export interface ShellBlock {
  readonly line: number;
  readonly text: string;
}

export function shellBlocksOf(page: string): ShellBlock[] {
  return codeBlocksOf(page)
    .filter(({ language }) => language === 'sh' || language === 'console')
    .map(({ language, text, line }) => ({ line, text: language === 'sh' ? text : typed(text) }));
}

/** The blocks' commands, and those of ours that stand between the words of a page. */
export function commandsOf(page: string): Command[] {
  const inBlocks = shellBlocksOf(page).flatMap(({ text, line }) =>
    simpleCommands(text).map((words) => ({ page, line, words })),
  );
  const inText = readFileSync(page, 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/`(np[mx] [^`]+)`/g)]
        .flatMap(([, commands]) => String(commands).split('&&'))
        .map((command) => ({
          page,
          line: index + 1,
          // Of `[a|b]`, which of the arguments are optional is not a shell's matter.
          words: command.replace(/\\\|/g, ' ').replace(/[[\]]/g, ' ').trim().split(/\s+/),
        })),
    );
  return [...inBlocks, ...inText];
}

/** Prompted lines and what continues them. */
function typed(text: string): string {
  const lines: string[] = [];
  let continued = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ') || continued) lines.push(line.replace(/^\$ /, ''));
    continued = (line.startsWith('$ ') || continued) && line.endsWith('\\');
  }
  return lines.join('\n');
}

function simpleCommands(text: string): string[][] {
  const functions = new Set([...text.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name));
  return (
    text
      .replace(/\\\n/g, ' ')
      .replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, "''")
      .replace(/(^|\s)#.*$/gm, '')
      .split(/&&|\|\||\$\(|[|;{}()\n]/)
      // Assignments before a command, or alone.
      .map((command) => command.trim().replace(/^(?:\w+=\S*\s*)+/, ''))
      .filter((command) => command !== '')
      .map((command) => command.split(/\s+/))
      .filter(([program]) => !functions.has(program))
  );
}
