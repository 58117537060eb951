// Loaded by trace-export.ts alone, and only where traces are exported: it takes 50 ms and 9 MB.
import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { DiagLogLevel, diag, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../logs/log.js';
import type { EndOfTraces, OtlpProtocol, TracedProcess } from './trace-export.js';

const LAST_SPANS_MS = 2_000;
/** A collector that is away fails with every batch, each five seconds: once a minute is enough to know. */
const SAME_COMPLAINT_MS = 60_000;

/** Registers a tracer provider whose spans go to the endpoint of the environment, in batches. */
export function startSdk(protocol: OtlpProtocol, { name, instance, log }: TracedProcess): EndOfTraces {
  diag.setLogger(complaints(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const processor = new BatchSpanProcessor(exporter);
  const resource = resourceFromAttributes({
    'service.name': name,
    'service.instance.id': instance ?? randomUUID(),
    'service.namespace': 'semel',
    // What the environment says wins.
  }).merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  // Where an SDK was registered before, it reads the same variables and sends the spans; ours has none, then.
  trace.setGlobalTracerProvider(provider);
  return async () => {
    const sent = provider.shutdown().catch((error: unknown) => diag.warn('the last spans were lost', error));
    const inTime = sent.then(() => true);
    if (!(await Promise.race([inTime, after(LAST_SPANS_MS, false, { ref: false })])))
      log.warn({ context: 'traces' }, 'the last spans were lost: the collector did not take them in time');
  };
}

/** What the SDK has to say, in our log, the same not more than once a minute. */
function complaints(log: Log) {
  const told = new Map<string, number>();
  const tell = (message: string, ...details: unknown[]): void => {
    const now = performance.now();
    const text = sentenceOf(message);
    if (now - (told.get(text) ?? Number.NEGATIVE_INFINITY) < SAME_COMPLAINT_MS) return;
    if (told.size >= 100) told.clear();
    told.set(text, now);
    const [detail] = details;
    log.warn({ context: 'traces', ...(detail instanceof Error ? { err: detail } : {}) }, text);
  };
  const silent = (): void => undefined;
  return { error: tell, warn: tell, info: silent, debug: silent, verbose: silent };
}

/** The SDK writes an error that nobody handled as JSON of all its members. */
function sentenceOf(message: string): string {
  try {
    const error: unknown = JSON.parse(message);
    if (typeof error === 'object' && error !== null && 'message' in error)
      return `traces could not be exported: ${String(error.message)}`;
  } catch {
    // A sentence already.
  }
  return message.slice(0, 500);
}
