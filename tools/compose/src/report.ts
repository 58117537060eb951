/** What was seen: a line for each thing that had to hold, and the figures. */
export class Report {
  private readonly lines: { readonly chapter: string; readonly sentence: string; readonly holds: boolean }[] =
    [];
  private chapter = '';

  constructor(private readonly write: (line: string) => void) {}

  get broken(): number {
    return this.lines.filter(({ holds }) => !holds).length;
  }

  get held(): number {
    return this.lines.length - this.broken;
  }

  begin(chapter: string): void {
    this.chapter = chapter;
    this.write(`\n${chapter}`);
  }

  note(sentence: string): void {
    this.write(`    ${sentence}`);
  }

  /** @param why what it is like instead */
  holds(holds: boolean, sentence: string, why?: string): void {
    this.lines.push({ chapter: this.chapter, sentence, holds });
    this.write(`  ${holds ? 'ok' : 'NOT'} ${sentence}${holds || why === undefined ? '' : `: ${why}`}`);
  }
}
