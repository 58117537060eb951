import { runToEnd } from './run-to-end.js';

it('ends a command when it is told to, and only that', async () => {
  const told = new AbortController();
  const running = runToEnd('sh', ['-c', 'echo ready; exec sleep 60'], {
    onLeash: true,
    signal: told.signal,
    onLine: () => told.abort(),
  });
  const { code, output } = await running;
  expect({ code, output }).toEqual({ code: null, output: 'ready\n' });
  expect((await runToEnd('sh', ['-c', 'echo done'], { signal: new AbortController().signal })).output).toBe(
    'done\n',
  );
});
