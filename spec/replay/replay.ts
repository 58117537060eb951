import { Idempotency, type Outcome } from '@semel/idempotency';
import { PgConnections } from '@semel/idempotency/pg';
import type { Pool } from 'pg';
import { Instance } from './instance.js';
import type { ModelState, Picks } from './model-trace.js';
import type { Session } from './session.js';

/** An answer that a caller got. */
interface Answered {
  readonly key: string;
  readonly request: string;
  readonly answer: number;
}

/** The two instances of a trace, what became of their connections, and what their callers were told. */
export class Replay {
  answers: Answered[] = [];
  /** What was told in the last step. */
  told: Outcome['kind'] | undefined;
  private readonly instances = new Map<string, Instance>();
  private readonly sessions = new Map<number, Session>();
  private readonly departed: Instance[] = [];
  private readonly sweeper: Idempotency;

  constructor(
    private readonly pools: Readonly<Record<string, Pool>>,
    readonly watching: Pool,
    private readonly pipelined: boolean,
  ) {
    for (const name of Object.keys(pools)) this.start(name);
    const connections = new PgConnections(watching);
    this.sweeper = new Idempotency({ connections, sweeper: { interval: 0, grace: 0 } }, connections);
  }

  get stages(): Record<string, string> {
    return Object.fromEntries([...this.instances].map(([name, { stage }]) => [name, stage]));
  }

  instance({ i = '' }: Picks): Instance {
    const instance = this.instances.get(i);
    if (!instance) throw new Error(`There is no instance ${i}.`);
    return instance;
  }

  session({ s = 0 }: Picks): Session {
    const session = this.sessions.get(s);
    if (!session) throw new Error(`There is no session ${s}.`);
    return session;
  }

  /** The backend of each session that the model knows. */
  get backends(): Map<number, number> {
    return new Map([...this.sessions].map(([number, { pid }]) => [pid, number]));
  }

  /** The instance has connected: which session of the model that is. */
  async connected(picks: Picks, { work }: ModelState): Promise<void> {
    const instance = this.instance(picks);
    await instance.atRest();
    const number = work.get(picks.i ?? '')?.session ?? 0;
    // Behind all others: a backend may have served several, and belongs to the last.
    this.sessions.delete(number);
    this.sessions.set(number, instance.session);
  }

  /** Until the engine is at its next point, or done with the request; and what its caller was told meanwhile. */
  async arrived(picks: Picks, { work }: ModelState): Promise<void> {
    const instance = this.instance(picks);
    await instance.atRest();
    const { outcome } = instance;
    const asked = work.get(picks.i ?? '');
    if (!outcome || !asked) return;
    instance.outcome = undefined;
    this.told = outcome.kind;
    if (!('answer' in outcome)) return;
    const { key, request } = asked;
    this.answers.push({ key, request, answer: Number(outcome.answer.body) });
  }

  /** The process dies, and another one is started in its place. */
  crash({ i = '' }: Picks): void {
    const instance = this.instances.get(i);
    instance?.die();
    if (instance) this.departed.push(instance);
    this.start(i);
  }

  /** The server finds out that a process is gone, and ends its backend. */
  async notice(picks: Picks): Promise<void> {
    const session = this.session(picks);
    session.cut();
    const alive = 'SELECT FROM pg_stat_activity WHERE pid = $1';
    while ((await this.watching.query(alive, [session.pid])).rowCount !== 0);
  }

  /** The key's life is over: its time runs out, the sweeper comes, and what it had done belongs to the past. */
  async sweep({ k }: Picks): Promise<void> {
    await this.watching.query(
      "UPDATE idempotency_key SET expires_at = now() - interval '1 hour' WHERE key = $1",
      [k],
    );
    await this.sweeper.sweeper.sweep();
    await this.watching.query('DELETE FROM effect WHERE key = $1', [k]);
    await this.watching.query('DELETE FROM event WHERE key = $1', [k]);
    this.answers = this.answers.filter(({ key }) => key !== k);
  }

  /** Lets every process of the trace end. */
  async end(): Promise<void> {
    await Promise.all([...this.departed, ...this.instances.values()].map((instance) => instance.bury()));
    for (const session of this.sessions.values()) session.cut();
  }

  private start(name: string): void {
    const pool = this.pools[name];
    if (!pool) throw new Error(`There is no pool of ${name}.`);
    this.instances.set(name, new Instance(pool, this.pipelined));
  }
}
