import { headline } from './headline.js';
import { begin, end, withFigures } from './performance-page.js';
import { isReached, type RunReport, statusOf, summarise } from './report.js';

const sample = (perSecond: number) => ({ perSecond, p50: 1, p99: perSecond / 10, serviceCpu: perSecond });

it('tells the median of the windows, and the least and the most that was seen', () => {
  const { median, spread } = summarise('order', [sample(300), sample(100), sample(200)]);
  expect(median).toEqual({ perSecond: 200, p50: 1, p99: 20, serviceCpu: 200 });
  expect(spread).toEqual({ perSecond: [100, 300], p99: [10, 30] });
  expect(summarise('order', [sample(100), sample(200)]).median.perSecond).toBe(150);
});

it('takes a figure for reached on its own side of the bound', () => {
  expect(isReached({ what: '', value: 5, target: 5, bound: 'at least' })).toBe(true);
  expect(isReached({ what: '', value: 4.99, target: 5, bound: 'at least' })).toBe(false);
  expect(isReached({ what: '', value: 1.01, target: 1, bound: 'at most' })).toBe(false);
  expect(isReached({ what: '', value: Number.NaN, target: 1, bound: 'at most' })).toBe(false);
});

it('fails a run in which one count is wrong, and one that counted nothing', () => {
  const run = (...exact: boolean[]): RunReport => ({
    run: 'http',
    seconds: 1,
    measured: [],
    figures: [],
    exactness: exact.map((each) => ({ subject: 'order', counts: {}, exact: each })),
  });
  expect(statusOf([run(true), run(true, true)])).toBe(0);
  expect(statusOf([run(true), run(true, false)])).toBe(1);
  expect(statusOf([run()])).toBe(1);
});

it('replaces the figures of the page and keeps what people wrote around them', () => {
  const page = `# Title\n\n${begin}\n\nold\n${end}\n\nProse.\n`;
  expect(withFigures(page, 'new')).toBe(`# Title\n\n${begin}\n\nnew\n${end}\n\nProse.\n`);
  expect(() => withFigures('# Title\n', 'new')).toThrow(/marks/);
});

it('tells README what an order costs here and in the services it is compared with, and nothing else', () => {
  const measured = ['order', 'empty-handler', 'plain-typeorm'].map((name, index) =>
    summarise(name, [sample(3_000 - index * 1_000)]),
  );
  const run: RunReport = { run: 'http', seconds: 1, measured, figures: [], exactness: [] };
  const report = { at: '2026-11-25T10:00:00.000Z', machine: { cores: 2 }, runs: [run] };
  expect(headline(report)).toMatch(
    /Semel.*\| 3,000 \| 300 \|\n\| plain Nest.*\| 1,000 \| 100 \|\n\nMeasured 2026-11-25/,
  );
  expect(headline({ ...report, runs: [] })).toBeUndefined();
});
