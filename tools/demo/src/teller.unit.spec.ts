import { Teller } from './teller.js';

function told(colours: boolean): { readonly teller: Teller; readonly text: () => string } {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  return { teller: new Teller({ colours, pause: 0, write }), text: () => text };
}

it('writes plain lines where nobody reads escape codes', async () => {
  const { teller, text } = told(false);
  await teller.chapter('A double click');
  teller.does('POST /orders');
  teller.holds(true, 'Two clicks, one order');
  teller.end();
  expect(text()).toBe(
    '\n1. A double click\n   POST /orders\n   ✓ Two clicks, one order\n\nNothing doubled, nothing got lost.\n',
  );
});

it('counts what did not hold, and says why', () => {
  const { teller, text } = told(true);
  teller.holds(false, '2 keys = 3 orders', 'order a has no key');
  teller.end();
  expect(teller.failures).toBe(1);
  expect(text()).toContain('2 keys = 3 orders: order a has no key');
  expect(text()).toContain('\x1b[31m1 of the promises did not hold.\x1b[0m');
});
