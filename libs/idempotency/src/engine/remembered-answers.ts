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
 * Finished answers of this process, the most recent ones within a bound of bytes. They are only a guess at what the
 * table holds: whoever answers from here has the database confirm that the key is still there.
 *
 * Two generations: when the young one has half of the room it becomes the old one, and the old one goes as a whole.
 * Taking the oldest answers off one map one by one has to step over all that were taken off before.
 */
export class RememberedAnswers {
  private young = new Map<string, Remembered>();
  private old = new Map<string, Remembered>();
  private youngBytes = 0;
  private oldBytes = 0;

  constructor(private readonly most: number) {}

  get bytes(): number {
    return this.youngBytes + this.oldBytes;
  }

  find(operation: Operation): Remembered | undefined {
    const identity = identityOf(operation);
    return this.young.get(identity) ?? this.old.get(identity);
  }

  /** Only what a COMMIT has acknowledged, or was read from the table. */
  keep(operation: Operation, answer: StoredAnswer): void {
    const identity = identityOf(operation);
    this.forget(identity);
    const bytes = overhead + (answer.body?.length ?? 0) + 2 * identity.length;
    // One answer doesn't push out more than a tenth of the others.
    if (bytes > this.most / 10) return;
    if (this.youngBytes + bytes > this.most / 2) this.growOld();
    this.young.set(identity, { fingerprint: operation.fingerprint, answer, bytes });
    this.youngBytes += bytes;
  }

  forget(identity: string): void {
    this.youngBytes -= this.young.get(identity)?.bytes ?? 0;
    this.oldBytes -= this.old.get(identity)?.bytes ?? 0;
    this.young.delete(identity);
    this.old.delete(identity);
  }

  clear(): void {
    this.growOld();
    this.growOld();
  }

  private growOld(): void {
    this.old = this.young;
    this.oldBytes = this.youngBytes;
    this.young = new Map();
    this.youngBytes = 0;
  }
}
