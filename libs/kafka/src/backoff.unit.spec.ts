import { assert, integer, property } from 'fast-check';
import { waitBeforeRetry } from './backoff.js';

describe('the wait before a retry', () => {
  it('doubles, is jittered by half, and never exceeds its bound', () => {
    void assert(
      property(integer({ min: 0, max: 100_000 }), (attempt) => {
        const wait = waitBeforeRetry({ initialMs: 200, maxMs: 30_000 }, attempt);
        const whole = Math.min(200 * 2 ** Math.min(attempt, 30), 30_000);
        expect(wait).toBeGreaterThanOrEqual(whole / 2);
        expect(wait).toBeLessThanOrEqual(whole);
      }),
    );
  });
});
