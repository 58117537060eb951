import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Entry, entriesOf } from './tar.js';

/** What must be in no layer of an image. */
export interface Forbidden {
  /** Text that no file of any layer may hold. */
  readonly texts: readonly string[];
  /** Names that no file of any layer may have. */
  readonly names: RegExp;
}

export interface Findings {
  readonly layers: number;
  readonly files: number;
  /** Whatever was found: never the secret itself. */
  readonly found: readonly string[];
}

const gzip = Buffer.from([0x1f, 0x8b]);

/** Searches an image as `docker save` writes it: every file of every layer, also of those that a later one covers. */
export async function findSecrets(saved: AsyncIterable<Buffer>, forbidden: Forbidden): Promise<Findings> {
  const needles = forbidden.texts.map((text) => Buffer.from(text));
  const found = new Set<string>();
  let layers = 0;
  let files = 0;
  for await (const entry of entriesOf(saved)) {
    const { head, all } = await peek(entry.content, 512);
    const unpacked = head.subarray(0, 2).equals(gzip) ? gunzipped(all) : all;
    const { head: start, all: whole } = await peek(unpacked, 512);
    if (isTar(start)) {
      layers += 1;
      for await (const file of entriesOf(whole)) {
        files += 1;
        await look(file, needles, forbidden.names, found);
      }
    } else {
      // The image's configuration and history.
      await look({ name: entry.name, content: whole }, needles, forbidden.names, found);
    }
  }
  return { layers, files, found: [...found] };
}

async function look(
  { name, content }: Entry,
  needles: readonly Buffer[],
  names: RegExp,
  found: Set<string>,
): Promise<void> {
  if (names.test(name)) found.add(`the file ${name}`);
  const overlap = Math.max(0, ...needles.map(({ length }) => length - 1));
  let seen: Buffer = Buffer.alloc(0);
  for await (const piece of content) {
    // A secret may lie across two pieces.
    seen = Buffer.concat([seen.subarray(Math.max(0, seen.length - overlap)), piece]);
    for (const [index, needle] of needles.entries())
      if (seen.includes(needle)) found.add(`secret ${index + 1} in ${name}`);
  }
}

function isTar(start: Buffer): boolean {
  return start.subarray(257, 262).toString('latin1') === 'ustar';
}

/** The first bytes, and all of them, the first ones included. */
async function peek(
  source: AsyncIterable<Buffer>,
  length: number,
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const pieces = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < length) {
    const { value, done } = await pieces.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const all = async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => pieces };
  };
  return { head, all: all() };
}

function gunzipped(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return Readable.from(packed).pipe(createGunzip());
}
