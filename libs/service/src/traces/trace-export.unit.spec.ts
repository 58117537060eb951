import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { receiveTraces, type TraceReceiver } from '@semel/platform/testing';
import { createLog } from '../logs/log.js';
import { exportTraces, type TraceSettings } from './trace-export.js';

const program = require.resolve('../testing/shop-process.spec.ts');
const loader = pathToFileURL(require.resolve('../testing/typescript-loader.mjs')).href;

let collector: TraceReceiver;
beforeEach(async () => {
  collector = await receiveTraces();
});
afterEach(() => collector.close());

/** A process that serves two requests and is stopped. @returns the trace of the second, and what it said */
async function serve(env: Record<string, string>): Promise<{ traceparent: string; output: string }> {
  const shop = spawn(process.execPath, ['--import', loader, program], {
    env: { PATH: process.env.PATH ?? '', LOG_FORMAT: 'json', SERVICE_INSTANCE: 'shop-1', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      shop.once('close', () => reject(new Error(output)));
      shop.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const found = /"url":"(http[^"]+)"/.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    await fetch(`${url}/health/ready`);
    const { traceparent } = (await (await fetch(`${url}/trace`)).json()) as { traceparent: string };
    shop.kill('SIGTERM');
    expect(await once(shop, 'close')).toEqual([0, null]);
    return { traceparent, output };
  } finally {
    shop.kill('SIGKILL');
  }
}

it.each<[string, (url: string) => TraceSettings]>([
  ['no endpoint', () => ({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })],
  ['OTEL_SDK_DISABLED', (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: true })],
  [
    'OTEL_TRACES_EXPORTER=none',
    (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_EXPORTER: 'none' }),
  ],
])('registers nothing with %s', async (_name, settings) => {
  const log = createLog({ name: 'shop', level: 'silent' }, { write: () => undefined });
  await exportTraces(settings(collector.url), { name: 'shop', instance: 'shop-1', log });
  const provider = trace.getTracerProvider();
  expect(provider instanceof ProxyTracerProvider && provider.getDelegateTracer('any')).toBe(undefined);
});

it('sends the last spans while it stops, in protobuf unless told otherwise, naming service and instance', async () => {
  const { traceparent } = await serve({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=spec',
  });
  const [, traceId = '', spanId = '', flags] = traceparent.split('-');
  expect(flags).toBe('01');
  expect(collector.bodies.map(({ type }) => type)).toEqual(['application/x-protobuf']);
  const sent = collector.bodies[0]!.bytes;
  for (const id of [traceId, spanId]) expect(sent.includes(Buffer.from(id, 'hex'))).toBe(true);
  const text = sent.toString('latin1');
  for (const told of ['service.name', 'shop-1', 'GET /trace', 'deployment.environment.name'])
    expect(text).toContain(told);
  // Nobody traces what machines poll.
  expect(text).not.toContain('/health');
});

it('stops in time while the collector is away, and says that it is', async () => {
  const away = await receiveTraces();
  await away.close();
  const { output } = await serve({ OTEL_EXPORTER_OTLP_ENDPOINT: away.url });
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { time: string; msg: string; context?: string; level: string });
  expect(lines.filter(({ context }) => context === 'traces')).toMatchObject([{ level: 'warn' }]);
  const at = (message: string) => Date.parse(lines.find(({ msg }) => msg === message)?.time ?? '');
  expect(at('stopped') - at('stopping')).toBeLessThan(5_000);
});
