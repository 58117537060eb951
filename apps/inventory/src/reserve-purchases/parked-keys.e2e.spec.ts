import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PURCHASE_PLACED, STOCK_REJECTED } from '@semel/contracts';
import { replayHeader } from '@semel/kafka';
import { ParkedMessages } from '@semel/parking';
import { cancelled, placed } from '../testing/purchases.spec.js';
import { RunningInventory } from '../testing/running-inventory.spec.js';
import type { Seen } from '../testing/topic-reader.spec.js';

describe('Inventory with PARK_KEYS', () => {
  let inventory: RunningInventory;
  beforeAll(async () => {
    inventory = await RunningInventory.start({ PARK_KEYS: 'true' });
  });
  afterAll(() => inventory.stop());

  const again = ({ key, value, headers }: Seen) => {
    const {
      ce_type = '',
      [replayHeader]: from = `${headers['semel-partition']}:${headers['semel-offset']}`,
    } = headers;
    return {
      key,
      value,
      headers: { ce_type, [replayHeader]: from },
      partition: Number(headers['semel-partition']),
    };
  };
  const waiting = (key: string) =>
    inventory.database.rows<{ consumer: string; reason: string; at_offset: string }>(
      'SELECT consumer, reason, at_offset FROM parked_message WHERE key = $1 ORDER BY id',
      [key],
    );

  it('lets the cancellation of a purchase that was put aside wait behind it, until that is given up', async () => {
    const [orderId, other] = [randomUUID(), randomUUID()];
    await inventory.sendRaw({
      key: orderId,
      value: '{}',
      headers: { ce_type: PURCHASE_PLACED },
      partition: 3,
    });
    await inventory.send(
      { ...cancelled(orderId), partition: 3 },
      { ...placed(other, { 'no-such': 1 }), partition: 3 },
    );
    const parked = await inventory.parked.untilKey(orderId, 2);
    expect(parked.map(({ headers }) => headers['semel-reason'])).toEqual(['schema-violation', 'key-parked']);
    expect((await inventory.answers.untilKey(other))[0]?.headers.ce_type).toBe(STOCK_REJECTED);
    const [first] = await waiting(orderId);
    expect(first).toMatchObject({ consumer: 'inventory.purchases', reason: 'schema-violation' });
    expect(await inventory.database.reservation(orderId)).toBeUndefined();
    const shown = async () => (await inventory.ask('GET', '/metrics')).text;
    const ofTopic = `topic="${inventory.topic}"`;
    // The register reads the parking lot in its own time.
    while (!(await shown()).includes(`semel_parked_messages{${ofTopic},reason="key-parked"} 1\n`))
      await pause(20);
    expect(await shown()).toContain(`semel_parked_messages{${ofTopic},reason="schema-violation"} 1\n`);
    expect(await shown()).toContain(`semel_parked_keys{${ofTopic}} 1\n`);

    // Out of turn: back it goes.
    await inventory.sendRaw(again(parked[1]!));
    await inventory.parked.untilKey(orderId, 3);
    expect(await inventory.database.reservation(orderId)).toBeUndefined();

    const gone = { key: orderId, partition: 3, offset: String(first?.at_offset) };
    await new ParkedMessages(inventory.database.dataSource).remove('inventory.purchases', inventory.topic, [
      gone,
    ]);
    const last = randomUUID();
    await inventory.sendRaw(again(parked[1]!));
    await inventory.send({ ...placed(last, { 'no-such': 1 }), partition: 3 });
    await inventory.answers.untilKey(last);
    expect(await inventory.database.reservation(orderId)).toEqual({ status: 'released', lines: '' });
    expect(await waiting(orderId)).toEqual([]);
  });
});
