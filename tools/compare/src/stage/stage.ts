import { setTimeout as delay } from 'node:timers/promises';
import { TcpLink } from '@semel/platform';
import pg from 'pg';
import type { Contestant } from '../contestants.js';
import { ContestantProcess } from './contestant-process.js';
import { Control, type Gate } from './control.js';

export interface Sending {
  readonly key?: string;
  readonly body?: string;
  readonly caller?: string;
  readonly signal?: AbortSignal;
  /** Which instance; the first one unless told otherwise. */
  readonly instance?: 0 | 1;
}

export interface Reply {
  /** 0 when the connection broke or nothing came within 10 s. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What a scenario may set otherwise, as it stands in a contestant's environment. */
export interface Settings {
  /** The contestant's own way to bound how long a handler may hold a key, where it has one. */
  readonly LEASE_MS: string;
  readonly RETENTION_SECONDS: string;
}

const usual: Settings = { LEASE_MS: '5000', RETENTION_SECONDS: '86400' };

/** One contestant with a database for its keys and its effects, and everything that can happen to it. */
export class Stage {
  private readonly control = new Control();
  private readonly business: pg.Pool;
  private store: TcpLink | undefined;
  private cut: { heal(): void } | undefined;
  private readonly processes: ContestantProcess[] = [];
  private environment: Readonly<Record<string, string>> = {};
  private names = 0;

  constructor(
    private readonly contestant: Contestant,
    private readonly program: string,
    private readonly databaseUrl: string,
  ) {
    this.business = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    // An idle connection that is lost, as when the server stops, is not this program's end; a query would tell.
    this.business.on('error', () => undefined);
  }

  async open(): Promise<void> {
    await this.business.query('CREATE TABLE effect (id serial PRIMARY KEY, name text NOT NULL)');
    const { link, url } = await TcpLink.to(this.databaseUrl);
    this.store = link;
    this.environment = {
      BUSINESS_URL: this.databaseUrl,
      STORE_URL: url,
      CONTROL_URL: await this.control.listen(),
      ...usual,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((running) => running.kill()));
    this.control.close();
    this.store?.close();
    await this.business.end();
  }

  /** Every scenario begins with living instances, an uncut store, and a name that nobody used. */
  async begin(instances: 1 | 2, settings?: Partial<Settings>): Promise<Effect> {
    this.mendStore();
    if (settings !== undefined) await this.restart(settings);
    for (let index = 0; index < instances; index++) await this.revive(index);
    this.names += 1;
    return new Effect(this, `${this.contestant.name}-${this.names}`, this.control);
  }

  /** Ends all instances, so that the next scenario's have the usual configuration again. */
  async end(): Promise<void> {
    await Promise.all(this.processes.map((running) => running.kill()));
  }

  private async restart(settings: Partial<Settings>): Promise<void> {
    await this.end();
    this.processes[0] = await ContestantProcess.start(this.program, { ...this.environment, ...settings });
  }

  /** Starts an instance again that was killed, or that ended by itself. */
  async revive(index = 0): Promise<void> {
    if (this.processes[index]?.isAlive) return;
    this.processes[index] = await ContestantProcess.start(this.program, this.environment);
  }

  async kill(): Promise<void> {
    await this.processes[0]?.kill();
  }

  get isAlive(): boolean {
    return this.processes[0]?.isAlive ?? false;
  }

  cutStore(): void {
    this.cut ??= this.store?.cut();
  }

  mendStore(): void {
    this.cut?.heal();
    this.cut = undefined;
  }

  async send({ key, body, caller = 'alice', signal, instance = 0 }: Sending): Promise<Reply> {
    const timeout = AbortSignal.timeout(10_000);
    try {
      const response = await fetch(`${this.processes[instance]?.url}/effects`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-caller': caller,
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        body: body ?? '{}',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return { status: response.status, headers: response.headers, body: await response.text() };
    } catch (error) {
      return { status: 0, headers: new Headers(), body: String(error) };
    }
  }

  async count(name: string): Promise<number> {
    const { rows } = await this.business.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM effect WHERE name = $1',
      [name],
    );
    return rows[0]?.count ?? 0;
  }
}

/** One effect that shall happen once, under a name and a key of its own. */
export class Effect {
  readonly key: string;
  readonly gate: Gate;

  constructor(
    readonly stage: Stage,
    readonly name: string,
    control: Control,
  ) {
    this.key = `key-of-${name}`;
    this.gate = control.gate(name);
  }

  /** The request's body; more members may make it another request. */
  body(more: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({ name: this.name, ...more });
  }

  send(sending: Sending = {}): Promise<Reply> {
    return this.stage.send({ key: this.key, body: this.body(), ...sending });
  }

  /** What a good client does: the same again until it has an answer, for `patienceMs` at most. */
  async insist(sending: Sending = {}, patienceMs = 8_000): Promise<Reply> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      await this.stage.revive(sending.instance);
      const reply = await this.send(sending);
      const unsettled = reply.status === 0 || reply.status === 409 || reply.status >= 500;
      if (!unsettled || Date.now() > deadline) return reply;
      await delay(250);
    }
  }

  happened(): Promise<number> {
    return this.stage.count(this.name);
  }
}
