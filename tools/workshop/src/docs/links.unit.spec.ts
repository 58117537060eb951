import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorsOf, inRepository, pages, repository } from './pages.js';

/** @returns what is wrong with a link that stands on a page; nothing of those that lead elsewhere */
function complaintOf(page: string, link: string): string | undefined {
  if (/^(?:https?:|mailto:)/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return `${path} is not there`;
  if (anchor === undefined || statSync(target).isDirectory() || anchorsOf(target).has(anchor))
    return undefined;
  return `${path} has no heading #${anchor}`;
}

const linksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => String(link));

it('leads its reader to what is there', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(100);
  const complaints = links.flatMap(({ page, link }) => {
    const complaint = complaintOf(page, link);
    return complaint === undefined ? [] : [`${relative(repository, page)}: ${complaint}`];
  });
  expect(complaints).toEqual([]);
});

it.each([
  ['docs/operations/README.md', 'retension.md', 'retension.md is not there'],
  ['docs/operations/README.md', 'outbox.md#events-weight', 'outbox.md has no heading #events-weight'],
  ['README.md', '#the-way-of-an-odour', ' has no heading #the-way-of-an-odour'],
])('would notice on %s %s', (page, link, complaint) => {
  expect(complaintOf(inRepository(page), link)).toBe(complaint);
});
