import { HandlerRegistry } from './handler-registry.js';

const handler = async () => undefined;
const registry = () => new HandlerRegistry(async () => undefined);

describe('handlers and topics', () => {
  it('keeps two handlers of a topic apart', () => {
    const both = registry();
    both.add('purchases', handler, true, { handler: 'A.a' });
    both.add('purchases', handler, true, { handler: 'B.b', batch: true });
    const names = both.subscriptions(['purchases']).get('purchases');
    expect(names?.map(({ handler: name, batch }) => [name, batch])).toEqual([
      ['A.a', false],
      ['B.b', true],
    ]);
  });

  it('refuses a declared topic without a handler', () => {
    expect(() => registry().subscriptions(['purchases'])).toThrow(/Topic "purchases" has no handler/);
  });

  it.each<[string, unknown, boolean, Record<string, unknown>, RegExp]>([
    [
      'a handler of a topic that is not declared',
      'orders',
      true,
      { handler: 'A.a' },
      /A\.a listens to topic "orders"/,
    ],
    ['a handler that would have to reply', 'purchases', false, {}, /declared with @MessagePattern\(\)/],
    ['a pattern that is no topic', { cmd: 'x' }, true, {}, /pattern is \{"cmd":"x"\}/],
    [
      'a decoder that is no function',
      'purchases',
      true,
      { decode: 1 },
      /decode of handler 1 of purchases is no function/,
    ],
    [
      'a batch that is no boolean',
      'purchases',
      true,
      { batch: 'yes' },
      /batch of handler 1 of purchases is "yes"/,
    ],
  ])('refuses %s', (_case, pattern, isEvent, extras, sentence) => {
    const wrong = registry();
    wrong.add('purchases', handler, true, { handler: 'Good.one' });
    const alone = pattern === 'purchases' ? registry() : wrong;
    alone.add(pattern, handler, isEvent, extras);
    expect(() => alone.subscriptions(['purchases'])).toThrow(sentence);
  });
});
