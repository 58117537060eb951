import type { Report } from './report.js';

/** What README says of the subjects of the run `http`. */
const subjects: Readonly<Record<string, string>> = {
  order: 'Semel: idempotent, with stored answer and outgoing event',
  'plain-typeorm': 'plain Nest and TypeORM: no idempotency, the same tables',
  'textbook-table': 'that with a table of keys in its transaction, as in textbooks',
};

/** README's table: orders a second and the slowest hundredth. Undefined where `http` was not measured. */
export function headline({ at, machine, runs }: Report): string | undefined {
  const http = runs.find(({ run }) => run === 'http');
  if (http === undefined) return undefined;
  return [
    '| `POST /orders`, 64 connections | orders a second | p99, ms |',
    '|---|---:|---:|',
    ...http.measured.flatMap(({ name, median }) =>
      subjects[name] === undefined
        ? []
        : [`| ${subjects[name]} | ${grouped(median.perSecond)} | ${median.p99.toFixed(0)} |`],
    ),
    '',
    `Measured ${at.slice(0, 10)} with PostgreSQL, services and clients on the same machine: ${machine.cores} cores.`,
    '',
  ].join('\n');
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}
