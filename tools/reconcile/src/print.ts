import type { Summary } from './report.js';

/** A page for people. */
export function printed({ watermark, verdict, counted, explained, disagreements }: Summary): string {
  const counts = Object.entries(counted).map(([what, count]) => [count.toLocaleString('en'), what] as const);
  const width = Math.max(...counts.map(([count]) => count.length), 1);
  const lines = [
    `Orders up to ${watermark}`,
    ...counts.map(([count, what]) => `  ${count.padStart(width)} ${what}`),
  ];
  if (explained.length > 0) {
    lines.push('', 'Explained: it looks open, and there is a reason');
    for (const { reason, count, examples } of explained) {
      lines.push(`  ${count} ${reason}`, ...examples.map((example) => `      ${example}`));
    }
  }
  if (verdict === 'disagrees') {
    const { count, rows } = disagreements;
    lines.push('', `Disagreements: ${count}`);
    for (const { kind, subject, detail } of rows) lines.push(`  ${kind} ${subject}`, `      ${detail}`);
    if (rows.length < count) lines.push(`  … and ${count - rows.length} more: --rows tells more of them`);
  }
  lines.push('', verdict === 'agrees' ? 'Everything agrees.' : 'Something disagrees.');
  // Keys and reasons came from outside: they must not steer the terminal.
  return lines.map((line) => `${line.replaceAll(/\p{Cc}/gu, '\u{fffd}')}\n`).join('');
}
