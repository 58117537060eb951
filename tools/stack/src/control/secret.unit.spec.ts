import { ControlServer } from './control-server.js';
import { Secret } from './secret.js';

it('answers only who knows the secret, and makes another one for each stack', async () => {
  const secret = new Secret();
  const broken = jest.fn();
  const server = await ControlServer.listen({ 'POST /processes/*/kill': broken }, secret);
  const ask = (authorization?: string) =>
    fetch(`${server.url}/processes/order/kill`, {
      method: 'POST',
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });
  for (const guess of [undefined, '', 'Bearer ', secret.value, `Bearer ${new Secret().value}`]) {
    expect((await ask(guess)).status).toBe(401);
  }
  expect(broken).not.toHaveBeenCalled();
  expect((await ask(`Bearer ${secret.value}`)).status).toBe(200);
  expect(broken).toHaveBeenCalledTimes(1);
  expect(secret.value).toHaveLength(43);
  await server.close();
});

it('listens on loopback alone, and tells what it can not do', async () => {
  const secret = new Secret();
  const server = await ControlServer.listen(
    {
      'GET /state': () => {
        throw new Error('the database was killed');
      },
    },
    secret,
  );
  expect(new URL(server.url).hostname).toBe('127.0.0.1');
  const ask = (path: string) =>
    fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${secret.value}` } });
  const failed = await ask('/state');
  expect([failed.status, await failed.json()]).toEqual([503, { detail: 'the database was killed' }]);
  expect((await ask('/nothing')).status).toBe(404);
  await server.close();
});
