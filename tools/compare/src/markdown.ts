import type { Result } from './play.js';
import type { Scenario } from './scenarios/scenario.js';

const marks = { kept: '✅', broken: '❌', 'not offered': '–' } as const;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
const label = ({ contestant }: Result): string => `${contestant.name} ${contestant.version}`;

/** The page about the peers: a table to look at, how each was set up, and what was seen in each scenario. */
export function markdown(results: readonly Result[], scenarios: readonly Scenario[], date: string): string {
  const lines = [
    '# How it differs from what else can be installed',
    '',
    `Written by \`npm run compare -- --markdown docs/idempotency/comparison.md\` on ${date}, Node ${process.versions.node}. Nothing here is copied`,
    'from documentation: every cell is a scenario that was played against a process on a real socket. ✅ kept, ❌ broken,',
    '– not offered.',
    '',
    row(['promise', ...results.map(label)]),
    row(['---', ...results.map(() => ':---:')]),
    ...scenarios.map(({ promise }, index) =>
      row([promise, ...results.map(({ findings }) => marks[findings[index]?.verdict ?? 'not offered'])]),
    ),
    row(['**kept**', ...results.map((result) => `**${kept(result)} of ${scenarios.length}**`)]),
    '',
    '## How each was set up',
    '',
    'Each in a process of its own, in what its documentation recommends, with a durable store. Where it asks for an adapter,',
    'one was written (`tools/compare/contestants`); none of them needs Redis or DynamoDB here.',
    '',
    ...results.map((result) => `- **${label(result)}**: ${result.contestant.setUp}.`),
    '',
    'Where a peer is meant for another place, a broken promise here need not be one there: on AWS Lambda an invocation that',
    'outlives its lease is ended by the platform, and `@aws-lambda-powertools/idempotency` relies on it. The official',
    '`@nestjs/idempotency` is not on the registry; what its documentation promises is in',
    '[official-packages.md](official-packages.md).',
    '',
    '## What was seen',
    '',
    ...scenarios.flatMap(({ promise, story }, index) => [
      `### ${promise}`,
      '',
      `${story.charAt(0).toUpperCase()}${story.slice(1)}.`,
      '',
      ...results.map(({ contestant, findings }) => {
        const finding = findings[index];
        return `- ${marks[finding?.verdict ?? 'not offered']} ${contestant.name}: ${finding?.seen ?? ''}`;
      }),
      '',
    ]),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

export function kept({ findings }: Result): number {
  return findings.filter(({ verdict }) => verdict === 'kept').length;
}
