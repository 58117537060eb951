// node prune-dist.mjs FOLDER: takes out of a package's dist what no source makes any more. tsc forgets nothing that it
// ever wrote, and a package that is packed after a renaming would carry the old file for good.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? '.');
const written = /(?<name>\.d\.ts|\.d\.ts\.map|\.js|\.js\.map)$/;

for (const file of readdirSync(join(folder, 'dist'), { recursive: true })) {
  if (!written.test(file)) continue;
  const source = join(folder, 'src', file.replace(written, '.ts'));
  if (!existsSync(source)) rmSync(join(folder, 'dist', file));
}
