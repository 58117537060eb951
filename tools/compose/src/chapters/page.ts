import { assetsOf, foreign } from '../shop/page.js';
import type { Trial } from './chapter.js';

/** The console's page, what it loads, and its way to both services. */
export async function page({ project, report }: Trial): Promise<void> {
  report.begin('Console');
  const url = project.url('console');
  const answer = await fetch(url);
  const html = await answer.text();
  const assets = assetsOf(html);
  report.holds(
    answer.status === 200 && assets.length > 0,
    `200 for the page, with ${assets.length} assets`,
    html,
  );
  report.holds(foreign(assets).length === 0, 'it loads nothing from elsewhere', foreign(assets).join(', '));
  const failed: string[] = [];
  for (const asset of assets) {
    const { status } = await fetch(new URL(asset, url));
    if (status !== 200) failed.push(`${status} ${asset}`);
  }
  report.holds(failed.length === 0, 'it serves them all', failed.join(', '));
  for (const path of ['/api/order/products?limit=1', '/api/inventory/stock?limit=1']) {
    const through = await fetch(new URL(path, url));
    const list = (await through.json()) as { items?: unknown[] };
    report.holds(list.items?.length === 1, `${path} answers through it`, String(through.status));
  }
  const demonstration = await fetch(new URL('/api/demo/books', url));
  report.holds(
    demonstration.status === 404,
    'it has no switches to break anything',
    String(demonstration.status),
  );
}
