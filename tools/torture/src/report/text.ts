import { allSystems } from '../chamber/services.js';
import { allFaults } from '../faults/kinds.js';
import type { Summary } from './summary.js';

/** A page for people. */
export function printed(summary: Summary): string {
  const { counts, took, tally, seed, deaths } = summary;
  const orders = Object.entries(counts.orders).map(([status, count]) => `${count} ${status}`);
  const violated = Object.entries(summary.invariants).filter(([, count]) => count > 0);
  const verdict =
    violated.length === 0
      ? `All ${Object.keys(summary.invariants).length} invariants hold.`
      : `VIOLATED: ${violated.map(([name, count]) => `${name} (${count})`).join(', ')}. ${again(summary)} brings the same faults.`;
  return [
    '',
    `seed ${seed}, ${summary.instances} instances each; up in ${took.start} s, ${took.storm} s of faults, at rest after ${took.rest} s`,
    `faults      ${
      Object.entries(tally)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ') || 'none'
    }`,
    `in all      ${counts.processKills} kills, ${counts.connectionFaults} connection faults, ${counts.serverRestarts} restarts of PostgreSQL or Kafka; ${deaths.length} services ended by themselves`,
    `clients     ${counts.operations} operations with a key in ${counts.requests} requests (${counts.unanswered} without an answer); ${counts.answered} answered`,
    `orders      ${orders.join(', ')}; ${counts.adjustments} adjustments`,
    `payments    ${counts.payments ?? 0}; ${counts.takeOvers ?? 0} were taken over`,
    `events      ${counts.events} on the topics, ${counts.repeats} of them repeats; ${counts.parked} parked`,
    ...deaths.map((death) => `            ${death}`),
    verdict,
    '',
  ].join('\n');
}

function again({ seed, seconds, often, instances, systems = allSystems, faults, plant }: Summary): string {
  const given = [`--seed ${seed} --seconds ${seconds} --often ${often} --instances ${instances}`];
  if (faults.length < allFaults.length) given.push(`--faults ${faults.join(',') || 'none'}`);
  if (plant === undefined && systems.length < allSystems.length) given.push(`--systems ${systems.join(',')}`);
  if (plant !== undefined) given.push(`--plant ${plant}`);
  return `npm run torture -- ${given.join(' ')}`;
}
