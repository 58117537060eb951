import type { Readable } from 'node:stream';

/** Past the limit, this many times the limit is read and dropped, so that ordinary clients get to read the refusal. */
const DROPPED_AT_MOST = 16;

/**
 * Collects a body of at most `limit` bytes. A longer one is not kept: the rest is dropped as it comes, up to a bound.
 * @returns the bytes, or `too-large` (everything was received), or `endless` (the client is still sending)
 * @throws the stream's error where the client went away
 */
export function collectBody(
  stream: Readable,
  limit: number,
  announced: number,
): Promise<Buffer | 'too-large' | 'endless'> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const finish = (settle: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      settle();
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit && announced <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      if (length > limit * DROPPED_AT_MOST) finish(() => resolve('endless'));
    };
    const onEnd = () => {
      finish(() =>
        resolve(length > limit || announced > limit ? 'too-large' : Buffer.concat(chunks, length)),
      );
    };
    const onError = (error: Error) => finish(() => reject(error));
    const onClose = () =>
      finish(() => reject(new Error('The client went away before its body was complete')));
    if (announced > limit * DROPPED_AT_MOST) {
      resolve('endless');
      return;
    }
    stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
