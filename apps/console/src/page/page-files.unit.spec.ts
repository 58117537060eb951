import { consoleModule } from '../console-module.js';
import { type RunningConsole, startConsole } from '../testing/console-before.spec.js';

describe('the page', () => {
  let running: RunningConsole;
  beforeAll(async () => {
    running = await startConsole();
  });
  afterAll(() => running.stop());

  it('is asked for anew each time and may load nothing from elsewhere', async () => {
    const answer = await fetch(`${running.url}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe|\*/);
  });

  it('names scripts that are kept, because a new one has a new name', async () => {
    const answer = await fetch(`${running.url}/assets/page-1a2b.js`);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('content-type')).toContain('javascript');
  });

  it.each([['/assets/none.js'], ['/..%2f..%2fetc/passwd'], ['/main.js']])(
    'has nothing at %s',
    async (path) => {
      expect((await fetch(running.url + path)).status).toBe(404);
    },
  );

  it('is ready as soon as it listens, whatever the services do: the page is there to watch them fail', async () => {
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
  });
});

it('does not start without a built page, and says how to build one', async () => {
  const { createLog, createService } = await import('@semel/service');
  const upstream = { name: 'Order', url: new URL('http://127.0.0.1:1'), token: 't' } as const;
  const service = await createService({
    module: consoleModule({
      upstreams: { order: upstream, orderAsOperator: upstream, inventory: upstream },
      hosts: [],
      pageFolder: '/nowhere',
    }),
    log: createLog({ name: 'console', level: 'silent' }),
    auth: 'none',
  });
  await expect(service.start(0, '127.0.0.1')).rejects.toThrow(/nx build @semel\/console/);
  await service.stop();
});
