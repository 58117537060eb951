import { isReached, type Report, type RunReport } from './report.js';

const titles: Readonly<Record<string, string>> = {
  http: 'POST /orders with new keys, 64 connections, two lines an order',
  replay: 'POST /orders with known keys',
  consume: 'Consuming purchases that have piled up',
  relay: 'Relaying an outbox that has filled up',
  e2e: 'Orders placed and confirmed, all services and the broker on this machine',
  overload: 'More requests than can be served',
  growth: 'Beside a table of keys that has grown',
  scale: 'Several instances, and one product that everybody wants',
  soak: 'Writing and sweeping for long',
};

export const begin = '<!-- figures: npm run bench -- report writes from here -->';
export const end = '<!-- figures: to here -->';

export function titleOf(run: string): string {
  return titles[run] ?? run;
}

/** The page with its figures replaced; what people wrote around them stays. @throws Error where a mark is missing */
export function withFigures(page: string, figures: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page lacks the marks "${begin}" and "${end}".`);
  return `${page.slice(0, from)}${begin}\n\n${figures}\n${page.slice(to)}`;
}

/** @param charts file names of the charts of a run, relative to the page */
export function figuresOf(report: Report, charts: ReadonlyMap<string, readonly string[]>): string {
  const machine = Object.entries(report.machine).map(([name, value]) => `${name} ${value}`);
  return [
    `Measured ${report.at.slice(0, 10)} on: ${machine.join(', ')}.`,
    '',
    ...report.runs.flatMap((run) => [...section(run, charts.get(run.run) ?? []), '']),
  ].join('\n');
}

function section(run: RunReport, charts: readonly string[]): string[] {
  const { measured, figures, exactness, notes = [] } = run;
  return [
    `### ${titleOf(run.run)}`,
    '',
    ...charts.map((file) => `![${titleOf(run.run)}](${file})`),
    '',
    '| | a second | least to most | p50 ms | p99 ms | CPU of the service, us | of PostgreSQL, us | driver, cores |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...measured.map(
      ({ name, median, spread }) =>
        `| ${name} | ${whole(median.perSecond)} | ${whole(spread.perSecond[0])} to ${whole(spread.perSecond[1])} | ${tenths(median.p50)} | ${tenths(median.p99)} | ${whole(median.serviceCpu)} | ${whole(median.postgresCpu)} | ${hundredths(median.driverShare)} |`,
    ),
    '',
    '| figure | to reach | measured | |',
    '|---|---:|---:|---|',
    ...figures.map(
      (figure) =>
        `| ${figure.what} | ${figure.bound} ${figure.target} | ${hundredths(figure.value)} | ${isReached(figure) ? 'reached' : '**not reached**'} |`,
    ),
    '',
    ...exactness.map(
      ({ subject, counts, exact }) =>
        `- ${subject}: ${Object.entries(counts)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}: ${exact ? 'exact' : '**not exact**'}`,
    ),
    ...notes.map((note) => `- ${note}`),
  ];
}

const whole = (value: number | undefined): string => (value === undefined ? '' : String(Math.round(value)));
const tenths = (value: number): string => (value === 0 ? '' : value.toFixed(1));
const hundredths = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2));
