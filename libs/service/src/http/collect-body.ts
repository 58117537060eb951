import type { Readable } from 'node:stream';

/** Past the limit, this many times the limit is read and dropped, so that ordinary clients get to read the refusal. */
const DROPPED_AT_MOST = 16;

/** The bytes, or `too-large` (everything was received), or `endless` (the client is still sending). */
export type Collected = Buffer | 'too-large' | 'endless';

/**
 * Collects a body of at most `limit` bytes. A longer one is not kept: the rest is dropped as it comes, up to a bound.
 * @param done hears once what was collected, or the stream's error where the client went away
 */
export function collectBody(
  stream: Readable,
  limit: number,
  announced: number,
  done: (collected: Collected | Error) => void,
): void {
  let chunks: Buffer[] = [];
  let length = 0;
  const finish = (collected: Collected | Error) => {
    stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    done(collected);
  };
  const onData = (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit && announced <= limit) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    if (length > limit * DROPPED_AT_MOST) finish('endless');
  };
  const onEnd = () => {
    const [only] = chunks;
    const bytes = only && chunks.length === 1 ? only : Buffer.concat(chunks, length);
    finish(length > limit || announced > limit ? 'too-large' : bytes);
  };
  const onError = (error: Error) => finish(error);
  const onClose = () => finish(new Error('The client went away before its body was complete'));
  if (announced > limit * DROPPED_AT_MOST) {
    done('endless');
    return;
  }
  stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
}
