/** One thing that does not add up. */
export interface Disagreement {
  readonly kind: string;
  /** The order, the SKU or the message that it is about. */
  readonly subject: string;
  /** What was found, in one sentence. */
  readonly detail: string;
}

/** Things that look wrong and are not: they are on their way, or were put aside for a reason. */
interface Explanation {
  readonly reason: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly string[];
}

export interface Summary {
  /** Orders placed after it were not looked at. */
  readonly watermark: string;
  readonly verdict: 'agrees' | 'disagrees';
  /** How many of what were looked at. */
  readonly counted: Readonly<Record<string, number>>;
  readonly explained: readonly Explanation[];
  readonly disagreements: { readonly count: number; readonly rows: readonly Disagreement[] };
}

const examplesKept = 3;

/** What a run has found so far, in bounded memory however much it finds. */
export class Report {
  private readonly counts = new Map<string, number>();
  private readonly explanations = new Map<string, { count: number; examples: string[] }>();
  private readonly rows: Disagreement[] = [];
  private disagreements = 0;

  /** @param limit how many disagreements are told; all are counted */
  constructor(private readonly limit: number) {}

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  explain(reason: string, subject: string): void {
    const known = this.explanations.get(reason) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < examplesKept) known.examples.push(subject);
    this.explanations.set(reason, known);
  }

  disagree(kind: string, subject: string, detail: string): void {
    this.disagreements += 1;
    if (this.rows.length < this.limit) this.rows.push({ kind, subject, detail });
  }

  summary(watermark: Date): Summary {
    return {
      watermark: watermark.toISOString(),
      verdict: this.disagreements === 0 ? 'agrees' : 'disagrees',
      counted: Object.fromEntries(this.counts),
      explained: [...this.explanations].map(([reason, { count, examples }]) => ({ reason, count, examples })),
      disagreements: { count: this.disagreements, rows: this.rows },
    };
  }
}
