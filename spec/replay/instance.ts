import { EventEmitter, once } from 'node:events';
import { type ConnectionSource, type Effect, Engine, type Operation, type Outcome } from '@semel/idempotency';
import { PgConnections } from '@semel/idempotency/pg';
import type { Pool } from 'pg';
import { type Point, Session } from './session.js';

/** Where an instance stands, in the words of models/engine.qnt. */
export type Stage =
  | 'idle'
  | 'connected'
  | 'locked'
  | 'busy'
  | 'suspecting'
  | 'granted'
  | 'executed'
  | 'committing'
  | 'lost'
  | 'between two stages';

/** Nothing in the engine takes longer than a round trip or its pause of 50 ms. */
const patience = 5_000;

class BuriedError extends Error {}

interface Gate<Value> {
  open(value: Value): void;
  close(error: Error): void;
}

/**
 * A process with the real engine and connections of its own. It comes to rest at the protocol's points and goes on when
 * it is told to.
 */
export class Instance {
  stage: Stage = 'idle';
  /** What the caller was told, once it was. */
  outcome: Outcome | undefined;
  private readonly engine: Engine;
  private readonly connections: PgConnections;
  private readonly moved = new EventEmitter();
  private readonly sessions: Session[] = [];
  private gate: Gate<string> | undefined;
  private attempts = 0;
  private probed = false;
  private dead = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    pool: Pool,
    private readonly pipelined: boolean,
  ) {
    this.connections = new PgConnections(pool);
    const source: ConnectionSource = { connect: () => this.connect() };
    // Remembered answers are a shortcut of receive, locks and looks, and have specs of their own.
    this.engine = new Engine(source, { rememberedBytes: 0 });
  }

  get session(): Session {
    const session = this.sessions.at(-1);
    if (!session) throw new Error('The instance has no connection.');
    return session;
  }

  receive(key: string, request: string): void {
    this.go();
    this.attempts = 0;
    this.outcome = undefined;
    const operation: Operation<undefined> = {
      scope: 'model',
      key,
      fingerprint: `1:${request}`,
      input: undefined,
    };
    const told = (_: Operation<undefined>, outcome: Outcome) => {
      this.outcome = outcome;
    };
    this.running = this.engine.execute([operation], this.effect, told).then(() => {
      if (!this.dead) this.rest('idle');
    });
  }

  /** Lets the statement pass at which it stands. */
  pass(): void {
    this.go();
    this.session.pass();
  }

  /** Opens what it waits for: the handler for a run's number, then for what becomes of it; a new connection. */
  open(value: string): void {
    this.go();
    if (!this.gate) throw new Error(`Nothing waits inside the instance: it is ${this.stage}.`);
    this.gate.open(value);
  }

  hearCommit(): void {
    this.go();
    this.session.hearCommit();
  }

  loseConnection(): void {
    this.go();
    this.session.lose();
  }

  /** SIGKILL: nothing of it goes on, and no goodbye is said. */
  die(): void {
    this.dead = true;
    this.stage = 'idle';
    this.session.fallSilent();
  }

  /** Lets what waits inside the dead process end, so that it can be put away. */
  async bury(): Promise<void> {
    this.dead = true;
    for (const session of this.sessions) {
      session.fallSilent();
      session.wake(new BuriedError());
    }
    this.gate?.close(new BuriedError());
    await this.running;
  }

  /** @throws Error when the engine neither comes to a point nor to an end */
  async atRest(): Promise<Stage> {
    const signal = AbortSignal.timeout(patience);
    while (this.stage === 'between two stages') {
      await once(this.moved, 'rest', { signal }).catch((error: unknown) => {
        throw new Error('The engine neither came to one of its points nor to an end.', { cause: error });
      });
    }
    return this.stage;
  }

  private readonly effect: Effect<undefined> = async (operations, transaction) => {
    const run = await this.waitAt('granted');
    const values = [operations[0]?.key, run];
    await transaction.query({ text: 'INSERT INTO effect (key, run) VALUES ($1, $2)', values });
    await transaction.query({ text: 'INSERT INTO event (key, run) VALUES ($1, $2)', values });
    if ((await this.waitAt('executed')) === 'fails') throw new Error('The handler fails.');
    return [{ status: 201, body: Buffer.from(run) }];
  };

  private async connect(): Promise<Session> {
    if (this.dead) throw new BuriedError();
    this.attempts += 1;
    // Not the first one of an operation: the engine is in doubt about its COMMIT.
    if (this.attempts > 1) await this.waitAt('lost');
    const real = await this.connections.connect();
    const { rows } = await real.run<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
    const session = new Session(real, rows[0]?.pid ?? 0, this.pipelined, (point) => this.stop(point));
    this.sessions.push(session);
    return session;
  }

  private stop(point: Point): void {
    const suspecting = point === 'look' && this.probed;
    this.probed = point === 'probe';
    this.rest(suspecting ? 'suspecting' : stages[point]);
  }

  private waitAt(stage: Stage): Promise<string> {
    const opened = new Promise<string>((open, close) => {
      this.gate = { open, close };
    });
    this.rest(stage);
    return opened;
  }

  private go(): void {
    this.stage = 'between two stages';
  }

  private rest(stage: Stage): void {
    this.stage = stage;
    this.moved.emit('rest');
  }
}

const stages: Readonly<Record<Point, Stage>> = {
  begin: 'connected',
  look: 'locked',
  probe: 'busy',
  commit: 'committing',
};
