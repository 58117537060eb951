import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createLog, createService, type Service } from '@semel/service';
import { type ConsoleOptions, consoleModule } from '../console-module.js';
import { upstreamsOf } from '../gateway/upstream.js';
import { PAGE_POLICY } from '../page/page-policy.js';

interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly headersDistinct: NodeJS.Dict<string[]>;
  readonly body: string;
}

/** A server that stands where a service would, answers as the spec tells it, and remembers what reached it. */
class Upstream {
  readonly received: ReceivedRequest[] = [];
  answer: RequestListener = (_request, response) => {
    response.end('{}');
  };

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Upstream> {
    const server = createServer();
    const upstream = new Upstream(server);
    server.on('request', async (request, response) => {
      const body = await buffer(request);
      upstream.received.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        headersDistinct: request.headersDistinct,
        body: body.toString('utf8'),
      });
      upstream.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): URL {
    const { port } = this.server.address() as AddressInfo;
    return new URL(`http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export interface RunningConsole {
  readonly url: string;
  readonly order: Upstream;
  readonly inventory: Upstream;
  readonly service: Service;
  stop(): Promise<void>;
}

/**
 * The console before two upstreams, with a page of two files.
 * @param control makes of Inventory's stand-in a control of the stack
 */
export async function startConsole(
  hosts: readonly string[] = [],
  control?: (url: URL) => ConsoleOptions['control'],
): Promise<RunningConsole> {
  const pageFolder = mkdtempSync(join(tmpdir(), 'semel-console-'));
  mkdirSync(join(pageFolder, 'assets'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Semel</title>');
  writeFileSync(join(pageFolder, 'assets', 'page-1a2b.js'), 'export {};');
  const [order, inventory] = await Promise.all([Upstream.start(), Upstream.start()]);
  const upstreams = upstreamsOf({
    ORDER_URL: order.url,
    INVENTORY_URL: inventory.url,
    CONSOLE_CUSTOMER_TOKEN: 'customer-token',
    CONSOLE_OPERATOR_TOKEN: 'operator-token',
  });
  const service = await createService({
    module: consoleModule({ upstreams, hosts, pageFolder, control: control?.(inventory.url) }),
    log: createLog({ name: 'console', level: 'silent' }),
    auth: 'none',
    contentSecurityPolicy: PAGE_POLICY,
    // Longer than any spec: what should end by itself at a stop is not saved by being cut.
    shutdownTimeoutMs: 600_000,
  });
  const url = await service.start(0, '127.0.0.1');
  return {
    url,
    order,
    inventory,
    service,
    async stop() {
      await service.stop();
      await Promise.all([order.stop(), inventory.stop()]);
      rmSync(pageFolder, { recursive: true });
    },
  };
}
