import { invariants } from '../check/check.js';
import { allFaults, faultKinds } from '../faults/kinds.js';
import { plants } from '../plants/plants.js';
import type { Results, Summary } from './summary.js';

type Row = readonly (string | number)[];

/** docs/proof.md: everything in it comes from the results, or from the program itself. */
export function proofPage({ runs, plants: caught }: Results): string {
  const sum = (of: (run: Summary) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const violations = sum((run) => Object.values(run.invariants).reduce((total, count) => total + count, 0));
  const totals: Row[] = [
    ['operations with a key (different keys of different callers)', sum(({ counts }) => counts.operations)],
    ['requests with a key', sum(({ counts }) => counts.requests)],
    ['of them without an answer', sum(({ counts }) => counts.unanswered)],
    ['payments under a lease, each charged once', sum(({ counts }) => counts.payments ?? 0)],
    ['of them taken over by another owner', sum(({ counts }) => counts.takeOvers ?? 0)],
    ['events on both topics, repeats included', sum(({ counts }) => counts.events)],
    ['services killed (`kill -9`)', sum(({ counts }) => counts.processKills)],
    ['connection faults', sum(({ counts }) => counts.connectionFaults)],
    ['restarts of PostgreSQL (immediate) and Kafka (`kill -9`)', sum(({ counts }) => counts.serverRestarts)],
    ['services that could not start, and were tried again', sum(({ deaths }) => deaths.length)],
    ['violations', violations],
  ];
  const byKind: Row[] = allFaults.map((kind) => [
    `\`${kind}\``,
    faultKinds[kind].what,
    sum(({ tally }) => tally[kind] ?? 0),
  ]);
  const perRun: Row[] = runs.map(
    ({ seed, seconds, often, instances, counts, took, versions, invariants: found }) => [
      seed,
      `${seconds} s, ${often}x`,
      `${instances} each`,
      counts.operations,
      counts.processKills,
      counts.connectionFaults,
      counts.serverRestarts,
      `${took.rest} s`,
      Object.values(found).reduce((total, count) => total + count, 0),
      `\`${versions.commit}\``,
    ],
  );
  const planted: Row[] = Object.entries(plants).map(([name, { what }]) => {
    const result = caught.find(({ plant }) => plant === name);
    const by = result?.by.map((invariant) => `\`${invariant}\``).join(', ') ?? '';
    return [`\`${name}\``, what, by || 'not run', result ? `${result.seconds} s` : ''];
  });
  // One line for runs of one machine with the same versions.
  const where = new Set(
    runs.map(({ versions: { commit: _, ...versions } }) =>
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join('; '),
    ),
  );
  return `# Proof

What was done to the shop, and what it did. This page is written by \`npm run torture -- report\` from
[proof.jsonl](proof.jsonl), the results of the runs.

\`\`\`sh
npm run torture -- --seconds 60 --seed 7                # PostgreSQL, Kafka, two instances of each service, faults, verdict
npm run torture -- --seed 7 --faults kill,lost-commit   # only these; leaving a kind out changes nothing about the others
npm run torture -- --seed 7 --systems payments          # without the shop, and without Kafka
npm run torture -- --plant all                          # breaks the services in ${Object.keys(plants).length} ways, one after the other
npm run torture -- --seed 8 --seconds 200 --json run.json && npm run torture -- report run.json
\`\`\`

A run starts servers of its own on free ports and two or more processes of each service, each with links of its own to
PostgreSQL, to Kafka (which advertises the link to whoever came by it) or to the payment provider, and to its clients. Services
are the shop's, whose keys are claimed in the commit that carries them out, and [payments](../examples/payment/README.md), which
are leased: a provider with a ledger of its own is slow, cuts connections and dies, and whoever is held for longer than his
lease of a second wakes beside his successor. 32 or more clients place, cancel, adjust and pay with keys, repeat themselves at once
and later, at any instance, with and without \`Prefer: wait\`, reuse keys for other requests and use other callers' keys; what
they sent and heard is the history (\`--keep\` leaves it as JSON lines).
When the faults are over, the checker looks at the history, at the databases and at the topics, and at nothing else. It
exits 1 when an invariant is violated, with the whole story of the key, and the seed that brings the same faults.

## The published runs

${table(['', 'in all'], totals)}

${table(['seed', 'faults for', 'instances', 'operations', 'kills', 'connection faults', 'restarts', 'at rest after', 'violations', 'commit'], perRun)}

${[...where].map((line) => `${line}.`).join('\n\n') || 'None yet.'}

## The faults

Their times and targets are drawn from the seed before a run begins. Counted is what had something to hit.

${table(['fault', 'what happens', 'how often'], byKind)}

## What has to hold

${table(
  ['invariant', 'what it says'],
  Object.entries(invariants).map(([name, { what }]) => [`\`${name}\``, what]),
)}

## What it has found

| what | its spec |
|---|---|
| a process ended when PostgreSQL closed a connection with the very packet that welcomed it: between the pool and whoever had asked, nobody listened for errors | \`libs/idempotency/src/pg/keep-listening.int.spec.ts\` |
| of two requests with one key, both answers claimed to be the first one: the COMMIT of one had lost its connection, and the other’s answer was taken for its own | \`libs/idempotency/src/engine/lost-to-another.int.spec.ts\` |
| a payment whose lease was lost while its last writes were still running left their transaction open, and its connection was held for half a minute | \`libs/idempotency/src/leased/late-owner.int.spec.ts\` |
| a process ended when a send to Kafka failed while the database was slow to give the relay its next page: nobody had heard of the rejection yet | \`libs/outbox/src/relay/publication.unit.spec.ts\` |

## The checker can fail

Each of these bugs is planted into the services that are built, while Node loads them (\`--import\`, tools/torture/src/plants):
the services themselves have no switch for it. Seconds are from the first request to the verdict.

${table(['bug', 'what it is', 'violates', 'after'], planted)}

A forged history for each invariant fails it as well (\`tools/torture/src/check/check.unit.spec.ts\`), and a run of 60
seconds with eight kinds of fault and a planted bug are part of \`npm test\`.

## What it can't show

- That there is no bug. The schedule of the faults comes from the seed; what it hits depends on the machine, so a run
  that finds something may have to be repeated.
- One machine, one PostgreSQL, one broker: no fail-over, no replica that lags or loses an acknowledged commit, no disk
  that lies about its writes. A killed server loses nothing that the operating system had.
- Runs of minutes: retention, sweeping and expired keys are not reached. They are in the libraries' specs.
- Clients that lie, tokens that are stolen: that is not what fails here.
`;
}

function table(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
