/** What a payment provider does to its callers. */
const faults = [
  'cut before charging',
  'cut after charging',
  'slow',
  'die before charging',
  'die after charging',
] as const;

type Fault = (typeof faults)[number];

/** Which fault a request meets: planned ones by reference, each once; else by chance. */
export class Faults {
  private readonly planned = new Map<string, Fault>();

  /** @param chance of a fault, 0 to 1 */
  constructor(private readonly chance: number) {}

  plan(reference: string, fault: string): boolean {
    const known = faults.find((name) => name === fault);
    if (known) this.planned.set(reference, known);
    return known !== undefined;
  }

  of(reference: string): Fault | undefined {
    const planned = this.planned.get(reference);
    this.planned.delete(reference);
    if (planned || Math.random() >= this.chance) return planned;
    return faults[Math.floor(Math.random() * faults.length)];
  }
}
