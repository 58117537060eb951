import { setTimeout as pause } from 'node:timers/promises';
import { followStages, type Interposer, type Line } from './line.js';

/** How much later each of the handler's statements is sent; milliseconds. Long enough to be overtaken by a COMMIT. */
const delay = 25;

/**
 * Makes the handler's statements slow and everything else not: what the handler doesn't await is still on its way when
 * the answer is recorded.
 */
export class Stragglers implements Interposer {
  /** Statements that the handler had not awaited when its answer was recorded. */
  readonly found: string[] = [];

  line(): Line {
    const stageOf = followStages();
    const underWay = new Set<string>();
    let recorded = false;
    return {
      send: async (text, deliver) => {
        const stage = stageOf(text);
        if (stage === 'begin') recorded = false;
        if (stage === 'record') {
          recorded = true;
          this.found.push(...underWay);
        }
        if (stage !== 'handler') return deliver();
        const statement = text.trim();
        underWay.add(statement);
        await pause(delay);
        if (recorded) {
          this.found.push(statement);
          // Nobody awaits it, and its transaction is over.
          return new Promise<never>(() => undefined);
        }
        try {
          return await deliver();
        } finally {
          underWay.delete(statement);
        }
      },
    };
  }
}
