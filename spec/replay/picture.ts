import type { ModelState, ModelStep } from './model-trace.js';
import type { Replay } from './replay.js';

/** A state as both the model and the engine with its database have it. Lists are sorted. */
export interface Picture {
  readonly stages: Readonly<Record<string, string>>;
  /** Rows of idempotency_key: key, request, answer. */
  readonly table: readonly string[];
  readonly effects: readonly string[];
  readonly events: readonly string[];
  /** Advisory locks on keys and the session that holds each, with the request that its marker names. */
  readonly locks: readonly string[];
  readonly answers: readonly string[];
  /** What a caller was told in this step. */
  readonly told: string | undefined;
}

export function pictureOfModel({ action, picks, before, after: state }: ModelStep): Picture {
  const runs = (of: ReadonlyMap<string, readonly number[]>) =>
    [...of].flatMap(([key, numbers]) => numbers.map((run) => `${key} ${run}`));
  return {
    stages: Object.fromEntries([...state.work].map(([name, { stage }]) => [name, stage])),
    table: [...state.table].map(([key, { request, answer }]) => `${key} ${request} ${answer}`).sort(),
    effects: runs(state.effects).sort(),
    events: runs(state.events).sort(),
    locks: [...state.lock]
      .filter(([, session]) => session !== 0)
      .map(([key, session]) => `${key} by session ${session}`)
      .sort(),
    answers: state.answers.map(({ key, request, answer }) => `${key} ${request} ${answer}`).sort(),
    told: toldByModel(action, picks.i ?? '', before, state),
  };
}

function toldByModel(
  action: string,
  name: string,
  before: ModelState,
  after: ModelState,
): string | undefined {
  const asked = before.work.get(name);
  if (!asked || after.work.get(name)?.stage !== 'idle') return undefined;
  switch (action) {
    case 'hearsCommit':
      return 'executed';
    case 'fails':
      return 'failed';
    case 'hearsBusy':
      return 'in-flight';
    case 'looks':
      if (before.table.get(asked.key)?.request !== asked.request) return 'mismatched';
      // What the lost COMMIT stored is the caller's own first answer.
      return asked.doubt ? 'executed' : 'replayed';
    default:
      return undefined;
  }
}

const look = `
  SELECT (SELECT coalesce(json_agg(key || ' ' || substr(fingerprint, 3) || ' ' || convert_from(response_body, 'UTF8')), '[]')
          FROM idempotency_key WHERE status = 'Processed') AS table,
         (SELECT coalesce(json_agg(key || ' ' || run), '[]') FROM effect) AS effects,
         (SELECT coalesce(json_agg(key || ' ' || run), '[]') FROM event) AS events,
         (SELECT coalesce(json_agg(held.pid), '[]')
          FROM pg_locks AS held
          WHERE held.locktype = 'advisory' AND held.objsubid = 1 AND held.granted
            AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS holders`;

interface Looked {
  readonly table: string[];
  readonly effects: string[];
  readonly events: string[];
  readonly holders: number[];
}

export async function pictureOfEngine(replay: Replay, { sessions }: ModelState): Promise<Picture> {
  const { rows } = await replay.watching.query<Looked>(look);
  const [looked] = rows;
  if (!looked) throw new Error('The database answers one row.');
  const { backends, answers, told } = replay;
  return {
    stages: replay.stages,
    table: looked.table.sort(),
    effects: looked.effects.sort(),
    events: looked.events.sort(),
    locks: looked.holders
      .map((pid) => {
        const session = backends.get(pid) ?? 0;
        return `${sessions.get(session)?.key ?? 'somebody'} by session ${session}`;
      })
      .sort(),
    answers: [...new Set(answers.map(({ key, request, answer }) => `${key} ${request} ${answer}`))].sort(),
    told,
  };
}
