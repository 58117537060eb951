import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = join(__dirname, '../../../..');
export const inRepository = (...path: string[]): string => join(repository, ...path);

const pagesIn = (folder: string, { recursive = false } = {}): string[] =>
  readdirSync(inRepository(folder), { recursive, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => inRepository(folder, file));

const rooms = ['apps', 'examples', 'libs', 'tools'].flatMap((kind) =>
  readdirSync(inRepository(kind)).map((room) => join(kind, room)),
);

/** Whatever we have written for people to read. */
export const pages = [
  ...pagesIn('.'),
  ...pagesIn('docs', { recursive: true }),
  ...['spec', ...rooms].flatMap((room) => pagesIn(room)),
];

/** The anchors of a page's headings, as they are made for Markdown on the usual sites. */
export function anchorsOf(page: string): Set<string> {
  const text = readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
