import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '@semel/platform';
import { choosePorts } from './ports.js';

it('names the port, the service and the variable when a port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await expect(
    choosePorts({ CONSOLE_PORT: '0', ORDER_PORT: String(port), INVENTORY_PORT: '0' }),
  ).rejects.toThrow(
    `Port ${port}, where order is to listen, is taken by another program: end that one, or choose another port with ORDER_PORT=….`,
  );
  other.close();
});

it('takes the ports that the environment names', async () => {
  const [console, order, inventory] = [await freePort(), await freePort(), await freePort()];
  const ports = await choosePorts({
    CONSOLE_PORT: `${console}`,
    ORDER_PORT: `${order}`,
    INVENTORY_PORT: `${inventory}`,
  });
  expect([...ports]).toEqual([
    ['console', console],
    ['order', order],
    ['inventory', inventory],
  ]);
});

it.each(['x', '-1', '65536', '3e3', '30.5'])('refuses %s as a port', async (text) => {
  await expect(choosePorts({ CONSOLE_PORT: '0', ORDER_PORT: text })).rejects.toMatchObject({
    code: 'port-invalid',
  });
});

it('refuses one port for two services', async () => {
  const port = String(await freePort());
  await expect(choosePorts({ CONSOLE_PORT: port, ORDER_PORT: port })).rejects.toThrow(
    'but console has it already',
  );
});
