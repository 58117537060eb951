import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { root } from '../stage/folders.js';
import { barChart, lineChart } from './chart.js';
import { headline } from './headline.js';
import { figuresOf, titleOf, withFigures } from './performance-page.js';
import type { Report } from './report.js';

/** Charts of every run as SVG files. @returns their paths by run */
export async function writeCharts(report: Report, folder: string): Promise<Map<string, string[]>> {
  await mkdir(folder, { recursive: true });
  const written = new Map<string, string[]>();
  for (const { run, measured, series = {} } of report.runs) {
    const files = [join(folder, `${run}.svg`)];
    await writeFile(files[0] ?? '', await barChart(titleOf(run), measured));
    for (const [name, values] of Object.entries(series)) {
      const file = join(folder, `${run}-${name.replace(/\W+/g, '-').toLowerCase()}.svg`);
      await writeFile(file, await lineChart(`${titleOf(run)}: ${name}`, name, values));
      files.push(file);
    }
    written.set(run, files);
  }
  return written;
}

/** Of several reports of one machine, one: of a run that is in several of them, the last. */
function merged(reports: readonly Report[]): Report {
  const [first] = reports;
  if (!first) throw new RangeError('There is no report.');
  const runs = new Map(reports.flatMap(({ runs }) => runs.map((run) => [run.run, run] as const)));
  return { ...first, runs: [...runs.values()] };
}

/** Writes docs/performance.md's figures and charts, and README's table, anew from what `--json` wrote. */
export async function writePerformancePage(files: readonly string[]): Promise<void> {
  const report = merged(
    await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')))),
  );
  const page = join(root, 'docs', 'performance.md');
  const charts = await writeCharts(report, join(root, 'docs', 'performance'));
  const relativeTo = (files: string[]): string[] => files.map((file) => relative(dirname(page), file));
  const names = new Map([...charts].map(([run, files]) => [run, relativeTo(files)]));
  await replaceFigures(page, figuresOf(report, names));
  const short = headline(report);
  if (short !== undefined) await replaceFigures(join(root, 'README.md'), short);
}

async function replaceFigures(page: string, figures: string): Promise<void> {
  await writeFile(page, withFigures(await readFile(page, 'utf8'), figures));
}
