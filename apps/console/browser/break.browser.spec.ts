import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { Databases } from './databases.js';
import { type Misbehaviour, openConsole, press, show, startBrowser } from './shop-page.js';

// What the page's own buttons do to the stack, in one story: each test begins where the one before has left it.
const databases = new Databases();
let browser: Browser;
let page: Page;
let misbehaviour: Misbehaviour;

beforeAll(async () => {
  browser = await startBrowser();
  ({ page, misbehaviour } = await openConsole(browser));
  await show(page, 'Break it');
});
afterAll(async () => {
  await browser.close();
  await databases.end();
  expect(misbehaviour).toEqual({ foreignRequests: [], errors: [] });
});

const process = (name: string) =>
  page.getByRole('region', { name: 'Processes' }).locator(`[data-name=${name}]`);
const pidOf = async (name: string) =>
  (await process(name)
    .getByText(/^pid \d+$/)
    .textContent()) ?? '';
/** As the system has it, whatever the page says: T is stopped. */
const isStopped = (pid: string) =>
  execFileSync('ps', ['-o', 'state=', '-p', pid.replace('pid ', '')], { encoding: 'utf8' })
    .trim()
    .startsWith('T');
const log = (text: string | RegExp) =>
  page.getByRole('region', { name: 'What happened' }).getByText(text).first();
const strip = () => page.getByRole('region', { name: 'The ledger in short' });
const figure = async (name: string): Promise<number> => {
  const text = await page
    .locator('dl > div', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .textContent();
  return Number(text?.replaceAll(',', ''));
};

it('kills, stops, cuts and repeats while clients storm, and everybody comes back', async () => {
  await page.getByRole('switch', { name: 'Send every event twice' }).click();
  await press(page, 'Raise a storm');
  await page.getByText(/^[1-9]\d* copies sent/).waitFor();
  await press(page, 'Kill Kafka');
  await press(page, 'Kill Order');
  await process('order').and(page.locator('[data-state=ready]')).waitFor();
  await press(page, 'Stop Inventory');
  await process('inventory').and(page.locator('[data-state=stopped]')).waitFor();
  await press(page, 'Cut Order’s database connections');
  await press(page, 'Resume Inventory');
  await press(page, 'Kill Inventory');
  await log(/^Order is ready again/).waitFor();
  await log(/^Inventory is ready again/).waitFor();
  await log(/^Kafka is ready again/).waitFor();
  await press(page, 'Hold for 15 s');
  await page.getByText(/^Events wait in both outboxes/).waitFor();
  await press(page, 'Let them go');
});

it.each(['Order', 'Kafka'])(
  'stops %s in the middle of the storm, and resumes it as the same process',
  async (title) => {
    const name = title.toLowerCase();
    const pid = await pidOf(name);
    await press(page, `Stop ${title}`);
    await process(name).and(page.locator('[data-state=stopped]')).waitFor();
    expect(isStopped(pid)).toBe(true);
    await press(page, `Resume ${title}`);
    await process(name).and(page.locator('[data-state=ready]')).waitFor();
    expect(await pidOf(name)).toBe(pid);
    expect(isStopped(pid)).toBe(false);
  },
);

it('kills PostgreSQL and the console itself, whose page waits for it and goes on', async () => {
  const before = { postgres: await pidOf('postgres'), console: await pidOf('console') };
  await press(page, 'Kill PostgreSQL');
  await log(/^PostgreSQL is ready again/).waitFor();
  await press(page, 'Kill Console');
  await log(/^No answer came to: kill -9 \d+ \(Console\)/).waitFor();
  await log(/^Console is ready again/).waitFor();
  expect(await pidOf('postgres')).not.toBe(before.postgres);
  expect(await pidOf('console')).not.toBe(before.console);
  await press(page, 'End the storm');
  expect(await figure('orders')).toBeGreaterThan(0);
  expect(await figure('stopped')).toBeGreaterThan(0);
});

it('shows what both databases say once the last order has come to rest: nothing doubled, nothing lost', async () => {
  await strip()
    .getByText(/ \+ 0 open$/)
    .waitFor();
  await page
    .locator('dl > div', { has: page.getByText('waiting', { exact: true }) })
    .getByText('0', { exact: true })
    .waitFor();
  await show(page, 'Ledger');
  await page.getByRole('heading', { name: 'The books balance.' }).waitFor();
  for (const equation of await databases.equations())
    await page.getByText(equation, { exact: true }).waitFor();
  expect(await databases.doubled()).toBe(0);
});

it('turns red with the row when stock comes from nowhere, and green when it is gone', async () => {
  await databases.misplaceStock('COF-MOKA-6', 7);
  await page.getByRole('heading', { name: 'The books do not balance.' }).waitFor();
  await page
    .getByRole('list', { name: 'Invariants' })
    .getByText(/^COF-MOKA-6 had/)
    .waitFor();
  await databases.misplaceStock('COF-MOKA-6', -7);
  await page.getByRole('heading', { name: 'The books balance.' }).waitFor();
});

it('parks what breaks its schema, replays it at the press of a button and gives it up for good', async () => {
  await show(page, 'Break it');
  const twice = page.getByRole('switch', { name: 'Send every event twice' });
  await twice.click();
  await twice.and(page.locator('[data-state=unchecked]')).waitFor();
  await press(page, 'Send it');
  await show(page, 'Parking lot');
  await page.getByRole('button', { name: /^Replay / }).click();
  await page.getByText('attempt 2').waitFor();
  await page.getByRole('button', { name: /^Look at / }).click();
  await page.getByText('ce_type: semel.purchase.placed.v1').waitFor();
  await page.getByRole('button', { name: /^Discard / }).click();
  await page.getByRole('heading', { name: 'Nothing is parked.' }).waitFor();
  expect(await databases.parkedStates()).toEqual(['replayed', 'discarded']);
});
