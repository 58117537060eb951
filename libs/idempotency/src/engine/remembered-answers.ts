import { identityOf } from '../identity.js';
import type { Operation, StoredAnswer } from '../operation.js';

interface Remembered {
  readonly fingerprint: string;
  readonly answer: StoredAnswer;
  readonly bytes: number;
}

/** Of the map, the texts and the objects of one answer besides its body; measured with 100,000 of them. */
const overhead = 700;

/**
 * Finished answers of this process, the most recently used ones within a bound of bytes. They are only a guess at what
 * the table holds: whoever answers from here has the database confirm that the key is still there.
 */
export class RememberedAnswers {
  private readonly answers = new Map<string, Remembered>();
  private held = 0;

  constructor(private readonly most: number) {}

  get bytes(): number {
    return this.held;
  }

  find(operation: Operation): Remembered | undefined {
    return this.answers.get(identityOf(operation));
  }

  /** Only what a COMMIT has acknowledged, or was read from the table. */
  keep(operation: Operation, answer: StoredAnswer): void {
    const identity = identityOf(operation);
    this.forget(identity);
    const bytes = overhead + (answer.body?.length ?? 0) + 2 * identity.length;
    // One answer doesn't push out more than a tenth of the others.
    if (bytes > this.most / 10) return;
    this.answers.set(identity, { fingerprint: operation.fingerprint, answer, bytes });
    this.held += bytes;
    for (const oldest of this.answers.keys()) {
      if (this.held <= this.most) break;
      this.forget(oldest);
    }
  }

  forget(identity: string): void {
    const known = this.answers.get(identity);
    if (!known) return;
    this.answers.delete(identity);
    this.held -= known.bytes;
  }

  clear(): void {
    this.answers.clear();
    this.held = 0;
  }
}
