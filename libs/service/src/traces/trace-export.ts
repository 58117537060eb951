import type { Log } from '../logs/log.js';

/** What the standard variables of OpenTelemetry say about exporting traces; the SDK itself reads all others (sampler, headers, limits). */
export interface TraceSettings {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_PROTOCOL?: OtlpProtocol | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_PROTOCOL?: OtlpProtocol | undefined;
  readonly OTEL_SDK_DISABLED?: boolean | undefined;
  readonly OTEL_TRACES_EXPORTER?: 'otlp' | 'none' | undefined;
}

export type OtlpProtocol = 'http/protobuf' | 'http/json';

export interface TracedProcess {
  /** `service.name`, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say another. */
  readonly name: string;
  /** `service.instance.id`; made up where it is absent. */
  readonly instance: string | undefined;
  readonly log: Log;
}

/** Sends what is left, for two seconds at most: a collector that is away holds nobody's stop. */
export type EndOfTraces = () => Promise<void>;

const nothingToSend: EndOfTraces = () => Promise.resolve();

/**
 * Exports spans by OTLP where an endpoint is set. Elsewhere nothing of the SDK is loaded, and no span is made: a service that is not
 * traced pays nothing. An SDK that was registered before (`node --import`) stays.
 */
export async function exportTraces(settings: TraceSettings, process: TracedProcess): Promise<EndOfTraces> {
  if (!isExporting(settings)) return nothingToSend;
  const { startSdk } = await import('./otlp-sdk.js');
  return startSdk(protocolOf(settings), process);
}

function isExporting(settings: TraceSettings): boolean {
  if (settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === 'none') return false;
  return (settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined;
}

/** The default is the one that OpenTelemetry's specification recommends. */
function protocolOf(settings: TraceSettings): OtlpProtocol {
  return (
    settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf'
  );
}
