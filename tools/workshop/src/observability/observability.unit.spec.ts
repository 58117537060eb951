import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { anchorsOf } from '../docs/pages.js';
import { type AlertRule, type Dashboard, rulesSchema, yamlOf } from './files.js';
import { definedSeries, definitionsIn, definitionsOf, type Series } from './metrics.js';
import { labelsOfResult, problemsOf } from './promql.js';

const root = resolve(__dirname, '../../../..');
const folder = 'deploy/observability';
let series: Map<string, Series>;
beforeAll(async () => {
  series = await definedSeries(root);
});

const rulesFile = yamlOf(root, `${folder}/prometheus/alerts.yml`) as {
  groups: { name: string; rules: AlertRule[] }[];
};
const rules = rulesFile.groups.flatMap((group) => group.rules);
const dashboards = readdirSync(join(root, folder, 'grafana/dashboards')).map((file) => {
  const path = `${folder}/grafana/dashboards/${file}`;
  return { path, dashboard: JSON.parse(readFileSync(join(root, path), 'utf8')) as Dashboard };
});
const panels = dashboards.flatMap(({ dashboard }) =>
  dashboard.panels.map((panel) => ({ where: `${dashboard.title}: ${panel.title}`, panel })),
);
const queries = [
  ...rules.map(({ alert, expr }) => ({ where: alert, query: expr })),
  ...panels.flatMap(({ where, panel }) => (panel.targets ?? []).map(({ expr }) => ({ where, query: expr }))),
];

describe('the metrics', () => {
  it('are found where they are defined, each with its kind and labels', () => {
    expect(definitionsIn(root).length).toBeGreaterThanOrEqual(35);
    expect(new Set(definitionsIn(root).map(({ name }) => name)).size).toBe(definitionsIn(root).length);
    expect(series.get('semel_http_request_duration_seconds_bucket')).toEqual({
      ...{ kind: 'histogram', grows: true },
      labels: new Set(['job', 'instance', 'route', 'method', 'status', 'le']),
    });
    // Named by a constant.
    expect(series.get('semel_parked_messages')?.labels).toContain('reason');
    expect(series.get('semel_oldest_placed_order_age_seconds')?.grows).toBe(false);
    expect(series.get('semel_process_resident_memory_bytes')?.grows).toBe(false);
  });

  it('would be caught being defined in a way that is overlooked', () => {
    expect(() => definitionsOf("new Gauge({ name: nameOf('x'), help: '', registers });", 'x.ts')).toThrow(
      'x.ts',
    );
  });
});

describe('the queries', () => {
  it('are PromQL over series and labels that the services show', () => {
    expect(queries.length).toBeGreaterThan(60);
    expect(
      queries.flatMap(({ where, query }) =>
        problemsOf(query, series).map((problem) => `${where}: ${problem}`),
      ),
    ).toEqual([]);
  });

  it.each([
    ['sum(rate(semel_orders_totall[5m]))', 'nobody shows semel_orders_totall'],
    ['sum by (state) (rate(semel_orders_total[5m]))', "semel_orders_total can't be grouped by state"],
    ['rate(semel_orders_total{state="placed"}[5m])', 'semel_orders_total has no label state'],
    ['sum(semel_orders_total)', 'semel_orders_total only grows: ask for its rate'],
    ['rate(semel_parked_keys[5m])', 'semel_parked_keys is a gauge: it has no rate'],
    ['sum(rate(semel_orders_total[$__rate_interval])', 'no PromQL at '],
  ])('would be caught being %s', (query, problem) => {
    expect(problemsOf(query, series)).toEqual([problem]);
  });
});

describe('the alert rules', () => {
  const validate = new Ajv({ allErrors: true }).compile(rulesSchema);

  it('are what Prometheus reads', () => {
    validate(rulesFile);
    expect(validate.errors ?? []).toEqual([]);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('would be caught being anything else', () => {
    const [rule] = rules;
    expect(validate({ groups: [{ name: 'g', rules: [{ ...rule, experssion: 'up' }] }] })).toBe(false);
  });

  it('lead to a chapter of a page that is there', () => {
    const missing = rules.filter(({ annotations }) => {
      const [page = '', anchor = ''] = annotations.runbook_url.split('#');
      return !existsSync(join(root, page)) || !anchorsOf(join(root, page)).has(anchor);
    });
    expect(missing.map(({ annotations }) => annotations.runbook_url)).toEqual([]);
  });

  it('name no label that their result lacks', () => {
    const lacking = rules.flatMap(({ alert, expr, annotations }) => {
      const labels = labelsOfResult(expr, series);
      const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
      return named.filter((label) => !labels.has(label)).map((label) => `${alert}: ${label}`);
    });
    expect(lacking).toEqual([]);
    expect(labelsOfResult('sum by (job) (up)', series)).toEqual(new Set(['job']));
  });

  it('are all told of by the entry of docs/operations, and it tells of no other', () => {
    const page = readFileSync(join(root, 'docs/operations/README.md'), 'utf8');
    const told = [...page.matchAll(/^\| `([A-Z][A-Za-z]+)` \|.*\]\(([^)]+)\)/gm)].map(([, alert, link]) => [
      alert,
      link,
    ]);
    expect(told).toEqual(
      rules.map(({ alert, annotations }) => [alert, annotations.runbook_url.replace('docs/operations/', '')]),
    );
  });
});

describe('the dashboards', () => {
  it('say in each title the unit that the panel is drawn in', () => {
    const graphs = panels.filter(({ panel }) => panel.type !== 'row');
    expect(graphs.length).toBeGreaterThan(40);
    const silent = graphs.filter(
      ({ panel }) => !/ \([^()]+\)$/.test(panel.title) || panel.fieldConfig?.defaults.unit === undefined,
    );
    expect(silent.map(({ where }) => where)).toEqual([]);
  });

  it('have panels that lie beside one another, each with its id', () => {
    for (const { dashboard } of dashboards) {
      const taken = new Set<string>();
      for (const {
        gridPos: { x, y, w, h },
        title,
      } of dashboard.panels) {
        expect({ title, fits: x + w <= 24 }).toEqual({ title, fits: true });
        for (let column = x; column < x + w; column += 1)
          for (let line = y; line < y + h; line += 1) {
            expect({ title, free: !taken.has(`${column}/${line}`) }).toEqual({ title, free: true });
            taken.add(`${column}/${line}`);
          }
      }
      expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    }
    expect(new Set(dashboards.map(({ dashboard }) => dashboard.uid)).size).toBe(dashboards.length);
  });

  it('use no variable but their own, filled from a label that is there', () => {
    for (const { dashboard } of dashboards) {
      const known = new Set(dashboard.templating.list.map(({ name }) => name));
      const used = dashboard.panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => [...expr.matchAll(/\$(?!__)(\w+)/g)].map(([, name = '']) => name)),
      );
      expect(used.filter((name) => !known.has(name))).toEqual([]);
      for (const { query } of dashboard.templating.list) {
        const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query.query) ?? [];
        expect({ metric, label, there: series.get(metric)?.labels.has(label) }).toMatchObject({
          there: true,
        });
      }
    }
  });

  it('name no label in a legend that the query has lost', () => {
    const lost = panels.flatMap(({ where, panel }) =>
      (panel.targets ?? []).flatMap(({ expr, legendFormat }) => {
        const labels = labelsOfResult(expr.replaceAll('$__rate_interval', '5m'), series);
        const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        return named.filter((label) => !labels.has(label)).map((label) => `${where}: ${label}`);
      }),
    );
    expect(lost).toEqual([]);
  });
});

describe('what the profile is wired to', () => {
  const compose = yamlOf(root, 'docker-compose.yml') as {
    services: Record<string, { command?: string[]; environment?: Record<string, string> }>;
  };

  it('scrapes each service where it listens, and reads the rules', () => {
    const prometheus = yamlOf(root, `${folder}/prometheus/prometheus.yml`) as {
      rule_files: string[];
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const targets = prometheus.scrape_configs.flatMap(({ job_name, static_configs }) =>
      static_configs.flatMap(({ targets }) => targets.map((target) => [job_name, target])),
    );
    expect(targets).toEqual([
      ['order', 'order:3001'],
      ['inventory', 'inventory:3002'],
      ['console', 'console:3000'],
    ]);
    expect(
      prometheus.rule_files.filter((file) => !existsSync(join(root, folder, 'prometheus', file))),
    ).toEqual([]);
  });

  it('shows Grafana where its sources and its dashboards are', () => {
    const provisioning = `${folder}/grafana/provisioning`;
    const { datasources } = yamlOf(root, `${provisioning}/datasources/datasources.yml`) as {
      datasources: { uid: string; url: string }[];
    };
    expect(
      datasources.map(({ url }) => new URL(url).hostname).filter((host) => !(host in compose.services)),
    ).toEqual([]);
    const uids = new Set(datasources.map(({ uid }) => uid));
    for (const { dashboard } of dashboards) {
      const named = [...JSON.stringify(dashboard).matchAll(/"datasource":\{"type":"\w+","uid":"(\w+)"\}/g)];
      expect(named.length).toBeGreaterThan(0);
      expect(named.map(([, uid = '']) => uid).filter((uid) => !uids.has(uid))).toEqual([]);
    }
    const { providers } = yamlOf(root, `${provisioning}/dashboards/dashboards.yml`) as {
      providers: { options: { path: string } }[];
    };
    expect(readFileSync(join(root, 'docker-compose.yml'), 'utf8')).toContain(
      `./${folder}/grafana/dashboards:${providers[0]?.options.path}:ro`,
    );
    const home = compose.services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
    expect(dashboards.map(({ path }) => path)).toContain(
      home.replace('/etc/semel/dashboards', `${folder}/grafana/dashboards`),
    );
  });
});
