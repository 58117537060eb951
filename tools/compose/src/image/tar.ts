/** One file of an archive. */
export interface Entry {
  readonly name: string;
  /** Its content, piece by piece; whatever is not read is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

const block = 512;

/** Reads a tar archive (ustar, with GNU's and POSIX's long names) as it comes, without keeping it. */
export async function* entriesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Entry> {
  const bytes = new ByteStream(source);
  let longName: string | undefined;
  for (;;) {
    const header = await bytes.take(block);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const size = sizeIn(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const padded = Math.ceil(size / block) * block;
    if (type === 'L' || type === 'x' || type === 'g') {
      const text = ((await bytes.take(padded)) ?? Buffer.alloc(0)).subarray(0, size).toString('utf8');
      if (type === 'L') longName = text.replace(/\0+$/, '');
      if (type === 'x') longName = /^\d+ path=(.*)$/m.exec(text)?.[1] ?? longName;
      continue;
    }
    const content = bytes.pieces(size);
    yield { name: longName ?? nameIn(header), content };
    for await (const _rest of content);
    await bytes.take(padded - size);
    longName = undefined;
  }
}

function nameIn(header: Buffer): string {
  const [name, prefix] = [text(header, 0, 100), text(header, 345, 155)];
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(header: Buffer, at: number, length: number): string {
  return header
    .subarray(at, at + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');
}

/** Octal digits; or, over 8 GB, a number whose first bit is set. */
function sizeIn(header: Buffer): number {
  const field = header.subarray(124, 136);
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(text(header, 124, 12).trim() || '0', 8);
  return Number(BigInt(`0x${field.subarray(4).toString('hex')}`));
}

/** Takes what is asked for from pieces of any size. */
class ByteStream {
  private readonly source: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** @returns undefined at the end */
  async take(length: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(length)) pieces.push(piece);
    const all = Buffer.concat(pieces);
    return all.length === length ? all : undefined;
  }

  async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.held.length === 0) {
        const { value, done } = await this.source.next();
        if (done === true) return;
        this.held = value;
        continue;
      }
      const piece = this.held.subarray(0, left);
      // Before it is handed out: whoever stops listening leaves the rest where it is.
      this.held = this.held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
}
