import { setTimeout as delay } from 'node:timers/promises';
import { succeeds } from '../engine/run.js';
import type { Project } from './project.js';

/** Between two rounds of checks; each check starts two processes. */
const rest = 1_500;

/**
 * Runs the containers' own health checks again and again, where nobody else does: podman leaves that to systemd's timers.
 * @returns how to end it
 */
export function keepPulse(project: Project): () => Promise<void> {
  const { engine } = project;
  const ended = new AbortController();
  const beating = (async () => {
    while (!ended.signal.aborted) {
      const running = (await project.containers().catch(() => [])).filter(
        ({ status, health }) => status === 'running' && health !== undefined,
      );
      for (const { id } of running) await succeeds(engine.words, ['healthcheck', 'run', id], engine.env);
      await delay(rest, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    ended.abort();
    await beating;
  };
}
