import { performance } from 'node:perf_hooks';
import { deletePublished } from '../sql/delete-published.js';
import { releaseTopic } from '../sql/release-topic.js';
import { setAsideTopics } from '../sql/set-aside-topics.js';
import { refusalOf } from './refusal.js';
import type { RelayContext } from './relay-context.js';

const sweepInterval = 60_000;
const sweepBatch = 1_000;

/** What a relay does beside publishing, whichever buckets it holds: its statements mind no other relay doing the same. */
export class Housekeeping {
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly relay: RelayContext) {}

  /** @returns whether events were released that can be published now */
  async tick(): Promise<boolean> {
    if (performance.now() - this.#sweptAt >= Math.min(sweepInterval, this.relay.settings.keepPublished)) {
      await this.#sweep();
      this.#sweptAt = performance.now();
    }
    return await this.#releaseTopics();
  }

  /** Deletes published rows past their time. It needs no fence: nobody sends a row that is marked. */
  async #sweep(): Promise<void> {
    const { database, settings, stopping } = this.relay;
    while (!stopping.aborted) {
      const deleted = await database.query(deletePublished(settings.keepPublished, sweepBatch));
      if (deleted.length < sweepBatch) return;
    }
  }

  /** Events whose topic did not exist go on by themselves once it does: at a first start it may be made a moment later. */
  async #releaseTopics(): Promise<boolean> {
    const { database, sender } = this.relay;
    let released = 0;
    for (const { topic } of await database.query(setAsideTopics())) {
      try {
        await sender.requireTopic(topic);
      } catch (error) {
        if (refusalOf(error) === undefined) throw error;
        continue;
      }
      released += (await database.query(releaseTopic(topic))).length;
    }
    return released > 0;
  }
}
