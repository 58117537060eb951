import type { Browser, Page } from 'playwright-core';
import { Databases } from './databases.js';
import {
  CART,
  fillCart,
  followedOrder,
  type Misbehaviour,
  newestExperiment,
  openConsole,
  press,
  show,
  startBrowser,
} from './shop-page.js';

// These specs have the stack to themselves: they count all orders there are.
const databases = new Databases();
let browser: Browser;
let page: Page;
let misbehaviour: Misbehaviour;
let before: number;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await databases.end();
});

beforeEach(async () => {
  ({ page, misbehaviour } = await openConsole(browser));
  before = await databases.orders();
  await fillCart(page);
});
afterEach(async () => {
  await page.context().close();
  expect(misbehaviour).toEqual({ foreignRequests: [], errors: [] });
});

const ordersMade = async () => (await databases.orders()) - before;

it('places an order and shows it confirmed', async () => {
  await press(page, 'Place order');
  expect((await newestExperiment(page, 'Placed')).outcomes).toEqual(['1 executed']);
  const orderId = await followedOrder(page, 'Confirmed');
  expect(await databases.statusOf(orderId)).toBe('confirmed');
  expect(await databases.reservingMovements(orderId)).toBe(CART.length);
  expect(await ordersMade()).toBe(1);
});

it('makes one order of a double click', async () => {
  await press(page, 'Double-click it');
  const { verdict, outcomes } = await newestExperiment(page, 'Double-clicked');
  expect(verdict).toMatch(/requests, one order/);
  expect(outcomes).toContain('1 executed');
  expect(outcomes).toContain('1 replayed');
  const orderId = await followedOrder(page, 'Confirmed');
  expect(await databases.reservingMovements(orderId)).toBe(CART.length);
  expect(await ordersMade()).toBe(1);
});

it('makes no new order of 25 retries at once, nor of one later', async () => {
  await press(page, 'Place order');
  await newestExperiment(page, 'Placed');
  await press(page, '25 times at once');
  expect((await newestExperiment(page, 'Retried at once')).outcomes).toEqual(['25 replayed']);
  await press(page, 'Once, later');
  expect((await newestExperiment(page, 'Retried later')).outcomes).toEqual(['1 replayed']);
  await page.getByRole('heading', { name: '27 requests, 1 order.' }).waitFor();
  expect(await ordersMade()).toBe(1);
});

it('refuses the same key for another cart', async () => {
  await press(page, 'Place order');
  await newestExperiment(page, 'Placed');
  await press(page, 'With another cart');
  expect((await newestExperiment(page, 'Same key, other cart')).outcomes).toEqual(['1 mismatched']);
  expect(await ordersMade()).toBe(1);
});

it('gets the order’s answer by a retry when the first one is lost', async () => {
  await press(page, 'Lose the answer');
  const { outcomes } = await newestExperiment(page, 'Lost the answer');
  expect(outcomes).toEqual(['1 replayed', '1 answer lost']);
  const orderId = await followedOrder(page, 'Confirmed');
  expect(await databases.reservingMovements(orderId)).toBe(CART.length);
  expect(await ordersMade()).toBe(1);
});

it('cancels, and shows the ledger balanced', async () => {
  await press(page, 'Place order');
  const orderId = await followedOrder(page, 'Confirmed');
  await press(page, 'Cancel it');
  expect(await followedOrder(page, 'Cancelled')).toBe(orderId);
  expect(await databases.statusOf(orderId)).toBe('cancelled');
  await show(page, 'Way of an order');
  await page.getByText('stock released').waitFor();
});

it('shows an order’s way as the tables have it, with the duplicate that was stopped, and finds its key', async () => {
  await show(page, 'Break it');
  const twice = page.getByRole('switch', { name: 'Send every event twice' });
  await twice.click();
  await show(page, 'Shop');
  await press(page, 'Place order');
  const orderId = await followedOrder(page, 'Confirmed');
  const key = await page.locator('code[title]').first().getAttribute('title');
  await show(page, 'Way of an order');
  const way = page.getByRole('list', { name: `The way of order ${orderId}` });
  await way.getByText('duplicate, stopped at the table').first().waitFor();
  const { outbox, inbox } = await databases.tracesOf(orderId);
  expect(inbox).toBe(1);
  expect(outbox).toHaveLength(1);
  const row = way.getByRole('listitem').filter({ hasText: /^Order: Outbox/ });
  await row.getByText(outbox[0] ?? '', { exact: true }).waitFor();
  expect(await databases.reservingMovements(orderId)).toBe(CART.length);
  await show(page, 'Parking lot');
  await page.getByRole('searchbox', { name: 'A key, or an order’s id' }).fill(key ?? '');
  await press(page, 'Search');
  const found = page.getByRole('region', { name: 'What became of a key' });
  await found.getByText('caller:alice').waitFor();
  await found.getByText('201', { exact: true }).waitFor();
  await show(page, 'Break it');
  await twice.click();
});
