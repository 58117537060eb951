import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** A span as OTLP sends it, with the resource and the scope that it came with. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP's SpanKind: 2 server, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface TraceReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** Of requests in JSON; the bodies of all others are only kept. */
  readonly spans: readonly ReceivedSpan[];
  readonly bodies: readonly { readonly type: string; readonly bytes: Buffer }[];
  /** Resolves once what has come, now or later, is enough. */
  until(enough: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Takes traces by OTLP over HTTP on a free port. */
export async function receiveTraces(): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: { type: string; bytes: Buffer }[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((bytes) => {
      const type = request.headers['content-type'] ?? '';
      if (request.url !== '/v1/traces') {
        response.writeHead(404).end();
        return;
      }
      bodies.push({ type, bytes });
      if (type.startsWith('application/json')) spans.push(...spansOf(JSON.parse(bytes.toString())));
      response.writeHead(200, { 'content-type': type }).end(type.includes('json') ? '{}' : '');
      for (const look of waiting) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    until: (enough) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!enough()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly attributes: readonly KeyValue[];
      }[];
    }[];
  }[];
}

function spansOf({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, kind, attributes }) => ({
        ...{ traceId, spanId, parentSpanId, name, kind },
        attributes: plain(attributes),
        resource: plain(resource.attributes),
      })),
    ),
  );
}

/** OTLP says of each value what it is: `{stringValue: 'x'}`. */
function plain(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
