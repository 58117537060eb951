import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What whoever may use the control says: 256 random bits, made anew with each stack and written nowhere. */
export class Secret {
  readonly value = randomBytes(32).toString('base64url');
  private readonly digest = digestOf(`Bearer ${this.value}`);

  /** Takes the same time whatever it is asked. */
  isIn(authorization: string | undefined): boolean {
    return timingSafeEqual(digestOf(authorization ?? ''), this.digest);
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
