import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';

type Kind = 'counter' | 'gauge' | 'histogram' | 'summary';

/** A time series by its name in PromQL: a histogram is three. */
export interface Series {
  readonly kind: Kind;
  /** Whether it only ever grows, so that nothing but its rate says something. */
  readonly grows: boolean;
  readonly labels: ReadonlySet<string>;
}

/** What Prometheus itself puts on everything that it scrapes. */
const TARGET = ['job', 'instance'];

/** All series that the services can show, read from where their metrics are defined, and of prom-client itself. */
export async function definedSeries(root: string): Promise<Map<string, Series>> {
  const series = new Map<string, Series>([['up', { kind: 'gauge', grows: false, labels: new Set(TARGET) }]]);
  const add = (name: string, kind: Kind, labels: readonly string[]): void => {
    for (const [suffix, more, grows] of seriesOf(kind))
      series.set(name + suffix, { kind, grows, labels: new Set([...TARGET, ...labels, ...more]) });
  };
  for (const { name, kind, labels } of definitionsIn(root)) add(name, kind, labels);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'semel_' });
  for (const { name, type, values } of await registry.getMetricsAsJSON()) {
    const labels = values.flatMap((value) => Object.keys(value.labels));
    add(
      name,
      kindOf(String(type)),
      labels.filter((label) => label !== 'le' && label !== 'quantile'),
    );
  }
  registry.clear();
  return series;
}

function seriesOf(
  kind: Kind,
): readonly (readonly [suffix: string, labels: readonly string[], grows: boolean])[] {
  switch (kind) {
    case 'histogram':
      return [
        ['_bucket', ['le'], true],
        ['_sum', [], true],
        ['_count', [], true],
      ];
    case 'summary':
      return [
        ['', ['quantile'], false],
        ['_sum', [], true],
        ['_count', [], true],
      ];
    default:
      return [['', [], kind === 'counter']];
  }
}

interface Definition {
  readonly name: string;
  readonly kind: Kind;
  readonly labels: readonly string[];
}

/** @throws where a metric is defined in a way that can't be read: a definition that is overlooked would be no help */
export function definitionsIn(root: string): Definition[] {
  const files = ['libs', 'apps'].flatMap((rooms) =>
    readdirSync(join(root, rooms)).flatMap((room) =>
      readdirSync(join(root, rooms, room, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
        .map((file) => join(rooms, room, 'src', file)),
    ),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return text.includes("from 'prom-client'") ? definitionsOf(text, file) : [];
  });
}

/** The metrics that a source defines: `new Gauge({ name: 'semel_…', … labelNames: […] })`, its name literal or a constant. */
export function definitionsOf(text: string, file: string): Definition[] {
  const constants = new Map(
    [...text.matchAll(/const (\w+) = '(semel_\w+)';/g)].map(([, constant = '', name = '']) => [
      constant,
      name,
    ]),
  );
  return [...text.matchAll(/new (Counter|Gauge|Histogram|Summary)\(/g)].map((found) => {
    const rest = text.slice(found.index);
    // The members that are read come before what has braces of its own.
    const head = rest.slice(0, rest.search(/registers|collect/));
    const [, literal, constant] = /\bname: (?:'(semel_\w+)'|(\w+)),/.exec(head) ?? [];
    const name = literal ?? constants.get(constant ?? '');
    if (name === undefined) throw new Error(`${file}: a metric is defined without a name that can be read.`);
    const labels = /\blabelNames: \[([^\]]*)\]/.exec(head)?.[1] ?? '';
    return {
      name,
      kind: kindOf(String(found[1]).toLowerCase()),
      labels: [...labels.matchAll(/'(\w+)'/g)].map(([, label = '']) => label),
    };
  });
}

function kindOf(type: string): Kind {
  if (type === 'counter' || type === 'gauge' || type === 'histogram' || type === 'summary') return type;
  throw new Error(`There is no kind of metric ${type}.`);
}
