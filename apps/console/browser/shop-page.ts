import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const { CONSOLE_URL, CHROMIUM_PATH } = process.env;
if (CONSOLE_URL === undefined || CHROMIUM_PATH === undefined) {
  throw new Error('Run these specs by npm run test:browser -w @semel/console.');
}
const consoleUrl = CONSOLE_URL;
const executablePath = CHROMIUM_PATH;

/** What somebody buys who tries the page: two products that nobody runs out of. */
export const CART = ['Espresso beans, dark roast, 250 g', 'Hand grinder with ceramic burrs'] as const;

export async function startBrowser(): Promise<Browser> {
  // Chromium's sandbox needs what root in a container doesn't have; it shows our own page alone.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** What the page did that it must not do. */
export interface Misbehaviour {
  readonly foreignRequests: string[];
  readonly errors: string[];
}

/** The console in a window of its own. */
export async function openConsole(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly misbehaviour: Misbehaviour }> {
  // A Chromium without locales calls its language en-US@posix, which is none.
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const misbehaviour: Misbehaviour = { foreignRequests: [], errors: [] };
  page.on('request', (request) => {
    if (!request.url().startsWith(consoleUrl)) misbehaviour.foreignRequests.push(request.url());
  });
  page.on('pageerror', (error) => misbehaviour.errors.push(error.message));
  page.on('console', (message) => {
    // Chromium itself logs each answer of 4xx or 5xx and each cut connection: here they are the point.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      misbehaviour.errors.push(message.text());
    }
  });
  await page.goto(consoleUrl);
  await page.getByRole('button', { name: `Add ${CART[0]}` }).waitFor();
  return { page, misbehaviour };
}

export async function fillCart(page: Page): Promise<void> {
  for (const name of CART) await page.getByRole('button', { name: `Add ${name}` }).click();
}

/** Changes to another view, by its name in full. */
export async function show(page: Page, view: string): Promise<void> {
  await page.getByRole('tab', { name: view }).click();
}

export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** The newest experiment once all its exchanges are there: its verdict, and its outcomes as `25 replayed`. */
export async function newestExperiment(
  page: Page,
  title: string,
): Promise<{ readonly verdict: string; readonly outcomes: string[] }> {
  const card = page
    .getByRole('region', { name: 'What was sent' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
    .first();
  await card.and(page.locator('[aria-busy="false"]')).waitFor();
  return {
    verdict: (await card.locator('p').first().textContent()) ?? '',
    outcomes: await card.locator('[data-outcome]:not(button):not(svg)').allTextContents(),
  };
}

/** The order that the page follows, once it has this status. */
export async function followedOrder(page: Page, status: string): Promise<string> {
  const panel = page.getByRole('region', { name: 'The order' });
  await panel
    .getByText(new RegExp(`^${status}`))
    .first()
    .waitFor();
  return (await panel.locator('code').textContent()) ?? '';
}
