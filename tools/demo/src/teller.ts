import { setTimeout as delay } from 'node:timers/promises';

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;
type Colour = keyof typeof codes;

export interface TellerOptions {
  /** Escape codes only where a terminal reads them. */
  readonly colours: boolean;
  /** Milliseconds that a reader is given after each chapter. */
  readonly pause: number;
  readonly write: (text: string) => void;
}

/** Tells the story line by line, and counts what did not hold. */
export class Teller {
  private broken = 0;
  private chapters = 0;

  constructor(private readonly options: TellerOptions) {}

  get failures(): number {
    return this.broken;
  }

  async chapter(title: string): Promise<void> {
    if (this.chapters > 0) await delay(this.options.pause);
    this.chapters += 1;
    this.line('');
    this.line(this.paint('bold', `${this.chapters}. ${title}`));
  }

  /** What is done now. */
  does(text: string): void {
    this.line(`   ${text}`);
  }

  /** What came back. */
  hears(text: string): void {
    this.line(this.paint('dim', `   ${text}`));
  }

  /** Something that must hold. */
  holds(holds: boolean, sentence: string, why?: string): void {
    if (!holds) this.broken += 1;
    const mark = holds ? this.paint('green', '✓') : this.paint('red', '✗');
    this.line(`   ${mark} ${sentence}${holds || why === undefined ? '' : `: ${why}`}`);
  }

  end(): void {
    this.line('');
    this.line(
      this.broken === 0
        ? this.paint('green', 'Nothing doubled, nothing got lost.')
        : this.paint('red', `${this.broken} of the promises did not hold.`),
    );
  }

  line(text: string): void {
    this.options.write(`${text}\n`);
  }

  private paint(colour: Colour, text: string): string {
    return this.options.colours ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
  }
}
