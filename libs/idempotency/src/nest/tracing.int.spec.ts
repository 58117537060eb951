import { Controller, Post } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { DataSource } from 'typeorm';
import { deferred } from '../engine/deferred.js';
import {
  fingerprintOf,
  type GroupAnswer,
  type GroupHandler,
  Idempotency,
  Idempotent,
  keyDigest,
  type Operation,
} from '../index.js';
import { migrateShop } from '../spec/shop.js';
import { type App, type RunningApp, startApp } from '../spec/start-app.js';

const exporter = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer(
  'spec',
);

let go = deferred<void>();

class Together implements GroupHandler<string> {
  async execute(operations: readonly Operation<string>[]): Promise<GroupAnswer[]> {
    await go.promise;
    return operations.map(() => ({ status: 201 }));
  }
}

@Controller('traced')
class TracedController {
  @Post()
  @Idempotent()
  alone(): void {}

  @Post('together')
  @Idempotent({ group: Together })
  together(): string {
    return 'x';
  }
}

/** A span around each request, as an HTTP instrumentation makes it. */
function traceRequests(app: App): void {
  app.use(
    (request: { url: string }, response: { on(event: string, then: () => void): void }, next: () => void) => {
      const span = tracer.startSpan(request.url);
      response.on('finish', () => span.end());
      context.with(trace.setSpan(context.active(), span), next);
    },
  );
}

let database: TestDatabase;
let running: RunningApp;
const queued = { length: 0, reached: deferred<void>() };

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
  running = await startApp('express', database.url, {
    controllers: [TracedController],
    providers: [Together],
    options: {
      groups: { inFlight: 1 },
      observer: { queued: (operations) => operations === 2 && queued.reached.resolve() },
    },
    prepare: traceRequests,
  });
});
beforeEach(async () => {
  exporter.reset();
  await running.app.get(DataSource).query('TRUNCATE idempotency_key');
});
afterAll(async () => {
  await running.app.close();
  await database.drop();
  context.disable();
});

async function send(path: string, key: string): Promise<number> {
  const response = await fetch(running.url + path, {
    method: 'POST',
    headers: { 'x-caller': 'alice', 'idempotency-key': key },
  });
  await response.arrayBuffer();
  return response.status;
}

const attributes = () => exporter.getFinishedSpans().map((span) => span.attributes);

it('tells the span of a request what became of its operation, and neither key nor caller', async () => {
  await send('/traced', 'secret-key');
  await send('/traced', 'secret-key');
  await send('/traced?other', 'secret-key');
  const common = {
    'semel.idempotency.key_digest': keyDigest({ scope: 'caller:alice', key: 'secret-key' }),
    'semel.idempotency.scope_kind': 'caller',
    'semel.idempotency.group_size': 1,
  };
  expect(attributes()).toEqual(
    ['executed', 'replayed', 'mismatched'].map((outcome) => ({
      ...common,
      'semel.idempotency.outcome': outcome,
    })),
  );
  expect(JSON.stringify(attributes())).not.toMatch(/secret-key|alice/);
});

it('tells each request of a group its own outcome and how many shared the transaction', async () => {
  go = deferred<void>();
  const lone = send('/traced/together', 'first');
  const rest = ['second', 'third'].map((key) => send('/traced/together', key));
  await queued.reached.promise;
  go.resolve();
  expect(await Promise.all([lone, ...rest])).toEqual([201, 201, 201]);
  expect(attributes().map((each) => each['semel.idempotency.group_size'])).toEqual([1, 2, 2]);
  expect(new Set(attributes().map((each) => each['semel.idempotency.key_digest'])).size).toBe(3);
});

it('tells the span of a job, and of a scope only its kind', async () => {
  const operation = { scope: 'job:for alice', key: 'k', fingerprint: fingerprintOf(['k']), input: undefined };
  const idempotency = running.app.get(Idempotency);
  await tracer.startActiveSpan('job', async (span) => {
    await context.with(trace.setSpan(context.active(), span), () =>
      idempotency.execute(operation, async () => ({ status: 200 })),
    );
    span.end();
  });
  expect(attributes()).toEqual([
    {
      'semel.idempotency.outcome': 'executed',
      'semel.idempotency.key_digest': keyDigest(operation),
      'semel.idempotency.scope_kind': 'job',
      'semel.idempotency.group_size': 1,
    },
  ]);
});
