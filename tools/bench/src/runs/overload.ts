import { setInterval as every } from 'node:timers/promises';
import type { Sample } from '../report/report.js';
import { memoryOf } from '../stage/cpu.js';
import type { Measurement } from './measure.js';
import { RunningSubject } from './order-subjects.js';
import type { Run } from './run.js';

/** More sockets than the service works on requests, or nothing would ever be refused. */
const connections = 3_000;

/** More requests than can be served: what is still served, what the others hear, and how it is afterwards. */
export const overload: Run = async (stage, { seconds, warmUpSeconds }) => {
  const order = await RunningSubject.start(stage, { name: 'order-overload', writes: 'orders and keys' });
  if (warmUpSeconds > 0) await order.load('warm-up', { connections: 64, seconds: warmUpSeconds });
  const { sample: peak } = await order.load('peak', { connections: 64, seconds });
  const stopWatching = new AbortController();
  const memory = watchMemory(() => memoryOf(order.program.pid), stopWatching.signal);
  const tried: (Measurement & { readonly factor: number })[] = [];
  for (const factor of [1.5, 4]) {
    const { sample, load } = await order.load(`${factor} x`, {
      connections,
      seconds,
      rate: factor * peak.perSecond,
    });
    stage.say(`${factor} x: ${Math.round(sample.perSecond)}/s of ${Math.round(peak.perSecond)}/s`);
    tried.push({ factor, sample, load });
  }
  // From the fifth second after the storm on, it is as it was.
  await order.load('calming', { connections: 64, seconds: 5, rate: peak.perSecond / 4 });
  const { sample: calm } = await order.load('calm', { connections: 64, seconds, rate: peak.perSecond / 4 });
  stopWatching.abort();
  const [half, four] = tried;
  const share = (sample: Sample | undefined): number => (sample?.perSecond ?? 0) / peak.perSecond;
  const refusal = Math.max(...tried.map(({ load }) => load.refused.p50));
  return {
    run: 'overload',
    seconds,
    measured: ['peak', '1.5 x', '4 x', 'calm'].map((kind) => ({ ...order.measured(kind), name: kind })),
    figures: [
      { what: 'goodput at 1.5 x capacity', value: share(half?.sample), target: 0.85, bound: 'at least' },
      { what: 'goodput at 4 x capacity', value: share(four?.sample), target: 0.4, bound: 'at least' },
      { what: 'median refusal in milliseconds', value: refusal, target: 10, bound: 'at most' },
      {
        what: 'p99 of the accepted at 4 x, in seconds',
        value: (four?.sample.p99 ?? 0) / 1_000,
        target: 5,
        bound: 'at most',
      },
      {
        what: 'p99 five seconds later against the peak’s',
        value: calm.p99 / peak.p99,
        target: 1,
        bound: 'at most',
      },
    ],
    exactness: await order.exactness(),
    notes: tried.map(
      ({ factor, load }) =>
        `${factor} x: sent ${load.sent}, ${JSON.stringify(load.statuses)}, ${load.errors} without an answer${load.firstError ? ` (${load.firstError})` : ''}; refused p50 ${load.refused.p50.toFixed(1)} ms, p99 ${load.refused.p99.toFixed(1)} ms`,
    ),
    series: { 'resident memory, MB': await memory },
  };
};

/** Megabytes, once a second, until told to stop. */
async function watchMemory(read: () => number | undefined, signal: AbortSignal): Promise<number[]> {
  const seen: number[] = [];
  try {
    for await (const _ of every(1_000, undefined, { signal })) {
      const bytes = read();
      if (bytes !== undefined) seen.push(Math.round(bytes / 2 ** 20));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return seen;
}
