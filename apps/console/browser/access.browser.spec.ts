import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { CART, followedOrder, newestExperiment, openConsole, startBrowser } from './shop-page.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** What axe calls serious or critical, and what is wider than the window. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  return [
    ...violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    ...(wide ? ['the page scrolls sideways'] : []),
  ];
}

/** Focuses by name, as a screen reader's list of elements does, and presses a key: no pointer anywhere. */
async function pressKey(page: Page, button: string | RegExp, key = 'Enter'): Promise<void> {
  const found = page.getByRole('button', { name: button }).first();
  await found.focus();
  await found.press(key);
}

/** The tabs are one stop of the Tab key; arrows go from one to the next. */
async function nextView(page: Page, heading: string | RegExp): Promise<void> {
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

describe.each([
  ['light', 1280],
  ['dark', 390],
] as const)('in %s colours, %d pixels wide', (colorScheme, width) => {
  it('is used by keyboard alone and has no barrier in any view', async () => {
    const { page } = await openConsole(browser, { colorScheme, viewport: { width, height: 800 } });
    await pressKey(page, `Add ${CART[0]}`);
    await pressKey(page, 'Place order');
    await followedOrder(page, 'Confirmed');
    await pressKey(page, '25 times at once', 'Space');
    await newestExperiment(page, 'Retried at once');
    await pressKey(page, /^Exchange 2: 201/);
    await page.getByText('Idempotency-Expires').waitFor();
    expect(await barriers(page)).toEqual([]);

    await page.getByRole('tab', { name: 'Shop' }).focus();
    await nextView(page, 'The way of an order');
    await page.getByText('Idempotency table, order and event: one commit').waitFor();
    expect(await barriers(page)).toEqual([]);
    await nextView(page, 'Break it.');
    await page.getByRole('button', { name: 'Kill Kafka' }).waitFor();
    const rate = page.getByRole('slider', { name: 'Orders a second' });
    await rate.press('ArrowRight');
    expect(await rate.getAttribute('aria-valuenow')).toBe('21');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Break it' }).focus();
    await nextView(page, 'The books balance.');
    expect(await barriers(page)).toEqual([]);
    await nextView(page, /parked\.$/);
    expect(await barriers(page)).toEqual([]);
    await page.context().close();
  });
});
