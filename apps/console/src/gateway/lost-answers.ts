import { Injectable } from '@nestjs/common';

/** More attempts than a page makes in a day. */
const REMEMBERED = 1_000;

/**
 * Attempts whose answer was lost on purpose. A browser that finds a kept-alive connection cut sends the request once more by itself
 * (RFC 9112, section 9.3.1); that second arrival is cut as well, without reaching the service, so that the next request which the
 * service sees is the page's own retry.
 */
@Injectable()
export class LostAnswers {
  private readonly attempts = new Set<string>();

  /** @returns whether this is the first arrival of the attempt */
  begin(attempt: string): boolean {
    if (this.attempts.has(attempt)) return false;
    this.attempts.add(attempt);
    if (this.attempts.size > REMEMBERED) {
      const [oldest] = this.attempts;
      if (oldest !== undefined) this.attempts.delete(oldest);
    }
    return true;
  }
}
