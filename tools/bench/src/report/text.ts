import { isReached, type RunReport } from './report.js';

/** What a person reads at the end of a run. */
export function printRun({ run, measured, figures, exactness, notes = [] }: RunReport): string {
  const table = measured.map(({ name, median, spread }) => [
    name,
    `${Math.round(median.perSecond)}/s`,
    `${Math.round(spread.perSecond[0])}..${Math.round(spread.perSecond[1])}`,
    `p50 ${median.p50.toFixed(1)}`,
    `p99 ${median.p99.toFixed(1)} ms`,
    `service ${cpu(median.serviceCpu)}`,
    `postgres ${cpu(median.postgresCpu)}`,
    `driver ${Math.round((median.driverShare ?? 0) * 100)} %`,
  ]);
  const lines = [
    `\n${run}`,
    ...columns(table),
    ...figures.map((figure) => {
      const mark = isReached(figure) ? 'reached' : 'NOT reached';
      return `  ${figure.what}: ${figure.value.toFixed(2)} (${figure.bound} ${figure.target}, ${mark})`;
    }),
    ...exactness.map(
      ({ subject, counts, exact }) =>
        `  ${subject}: ${Object.entries(counts)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}: ${exact ? 'exact' : 'NOT EXACT'}`,
    ),
    ...notes.map((note) => `  ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

function cpu(microseconds: number | undefined): string {
  return microseconds === undefined ? '-' : `${Math.round(microseconds)} us`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
}
