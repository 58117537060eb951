// npm run screenshots -w @semel/console: the pictures in docs/images, taken anew of a stack that is started for them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { root, withStack } from './with-stack.mjs';

const images = join(root, 'docs', 'images');
/** The charts show five minutes: a storm of half a minute can be seen in them. */
const storm = 30_000;
const cart = ['Espresso beans, dark roast, 250 g', 'Hand grinder with ceramic burrs'];

/** One page for all pictures: what it has seen is what the next picture shows. */
class Photographer {
  constructor(browser, url) {
    this.browser = browser;
    this.url = url;
  }

  async open(options) {
    const context = await this.browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
    this.page = await context.newPage();
    await this.page.goto(this.url);
    await this.page.getByRole('button', { name: `Add ${cart[0]}` }).waitFor();
  }

  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  show(name) {
    return this.page.getByRole('tab', { name }).click();
  }

  async take(name) {
    // The pointer's hover and the last focus are no part of the picture.
    await this.page.mouse.move(0, 0);
    await this.page.evaluate(() => {
      document.activeElement?.blur();
      window.scrollTo(0, 0);
    });
    await this.page.screenshot({ path: join(images, `${name}.png`) });
    process.stdout.write(`docs/images/${name}.png\n`);
  }
}

async function tell(photographer) {
  const { page } = photographer;
  for (const name of cart) await photographer.press(`Add ${name}`);
  await photographer.press('Double-click it');
  await page
    .getByText(/^Confirmed/)
    .first()
    .waitFor();
  await photographer.press('Lose the answer');
  await page.getByText('The order was made, its answer was cut off.').waitFor();
  await photographer.press('25 times at once');
  await page.getByText('25 replayed').waitFor();
  await photographer.take('console-shop');

  await photographer.show('Break it');
  await page.getByRole('switch', { name: 'Send every event twice' }).click();
  await photographer.press('Raise a storm');
  await delay(storm / 3);
  await photographer.press('Kill Order');
  await page.getByText(/^Order is ready again/).waitFor();
  await photographer.press('Cut Inventory’s database connections');
  await delay(storm / 3);
  await photographer.press('Stop Inventory');
  await photographer.press('Kill Kafka');
  await page.getByText(/^Kafka is gone/).waitFor();
  await photographer.take('console-break');
  await page.getByText(/^Kafka is ready again/).waitFor();
  await photographer.press('Resume Inventory');

  await photographer.show('Shop');
  await photographer.press('Place order');
  await page
    .getByText(/^Confirmed/)
    .first()
    .waitFor();
  await photographer.press('25 times at once');
  await page.getByText('25 replayed').first().waitFor();
  await photographer.show('Way of an order');
  await page.getByText('duplicate, stopped at the table').first().waitFor();
  await page.setViewportSize({ width: 1280, height: 1480 });
  await photographer.take('console-way');
  await page.setViewportSize({ width: 1280, height: 800 });

  await photographer.show('Break it');
  await delay(storm / 3);
  await photographer.press('End the storm');
  await photographer.press('Send it');
  await page.getByText(/ \+ 0 open$/).waitFor();
  await photographer.show('Ledger');
  await page.getByText('The books balance.').waitFor();
  await page.getByText(/ \+ 0 open$/).waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1280, height: 920 });
  await photographer.take('console-ledger');
  await photographer.show('Parking lot');
  await page
    .getByRole('button', { name: /^Look at / })
    .first()
    .click();
  await page.getByText('ce_type: semel.purchase.placed.v1').waitFor();
  await photographer.take('console-parking');
}

async function tellSmall(photographer) {
  const { page } = photographer;
  await photographer.press(`Add ${cart[0]}`);
  await photographer.press('Double-click it');
  await page
    .getByText(/^Confirmed/)
    .first()
    .waitFor();
  await photographer.take('console-small');
}

try {
  mkdirSync(images, { recursive: true });
  process.exitCode = await withStack(async ({ CHROMIUM_PATH, CONSOLE_URL }) => {
    const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: ['--no-sandbox'] });
    try {
      const photographer = new Photographer(browser, CONSOLE_URL);
      await photographer.open({ colorScheme: 'light', viewport: { width: 1280, height: 800 } });
      await tell(photographer);
      await photographer.open({ colorScheme: 'dark', viewport: { width: 390, height: 844 } });
      await tellSmall(photographer);
    } finally {
      await browser.close();
    }
    return 0;
  });
} catch (error) {
  process.stderr.write(`The screenshots can't be taken: ${error.stack}\n`);
  process.exitCode = 1;
}
