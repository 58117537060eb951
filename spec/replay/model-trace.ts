import { z } from 'zod';

// The Informal Trace Format: what JSON has no word for is an object with one member.
const integer = z.object({ '#bigint': z.string() }).transform((it) => Number(it['#bigint']));
const setOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ '#set': z.array(item) }).transform((it) => it['#set']);
const mapOf = <Key, Value>(key: z.ZodType<Key>, value: z.ZodType<Value>) =>
  z
    .object({ '#map': z.array(z.array(z.unknown()).length(2)) })
    .transform((it) => new Map(it['#map'].map(([left, right]) => [key.parse(left), value.parse(right)])));
const pick = <Value>(value: z.ZodType<Value>) =>
  z
    .object({ tag: z.enum(['Some', 'None']), value: z.unknown() })
    .transform((it) => (it.tag === 'Some' ? value.parse(it.value) : undefined));

const State = z.object({
  work: mapOf(
    z.string(),
    z.object({
      stage: z.string(),
      key: z.string(),
      request: z.string(),
      session: integer,
      doubt: z.boolean(),
      ran: integer,
    }),
  ),
  sessions: mapOf(
    integer,
    z.object({ state: z.string(), key: z.string(), request: z.string(), orphan: z.boolean() }),
  ),
  table: mapOf(z.string(), z.object({ request: z.string(), answer: integer })),
  effects: mapOf(z.string(), setOf(integer)),
  events: mapOf(z.string(), setOf(integer)),
  lock: mapOf(z.string(), integer),
  answers: setOf(z.object({ key: z.string(), request: z.string(), answer: integer })),
  refusals: setOf(z.object({ key: z.string(), request: z.string() })),
});

const Picks = z.object({
  i: pick(z.string()),
  k: pick(z.string()),
  r: pick(z.string()),
  s: pick(integer),
});

/** A state of models/engine.qnt, as far as the engine has it too. */
export type ModelState = z.output<typeof State>;
/** What was chosen for a step: instance, key, request, session. */
export type Picks = z.output<typeof Picks>;

/** One step of the model, and the states around it. */
export interface ModelStep {
  readonly action: string;
  readonly picks: Picks;
  readonly before: ModelState;
  readonly after: ModelState;
}

const Trace = z.object({ states: z.array(z.record(z.string(), z.unknown())) });

/** Reads a trace as Quint writes it, with what `--mbt` adds: which action was taken, and the choices made for it. */
export function readTrace(json: string): ModelStep[] {
  const states = Trace.parse(JSON.parse(json)).states.map((variables) => ({
    state: State.parse(withoutModules(variables)),
    action: z.string().parse(variables['mbt::actionTaken']),
    picks: Picks.parse(variables['mbt::nondetPicks']),
  }));
  return states.slice(1).map(({ state, action, picks }, index) => {
    const before = states[index];
    if (!before) throw new Error('A step follows a state.');
    return { action, picks, before: before.state, after: state };
  });
}

/** `engine_sound::engine::table` is the variable `table`. */
function withoutModules(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name.split('::').at(-1) ?? name, value]),
  );
}
