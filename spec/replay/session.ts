import type { Connection, Statement, StatementResult } from '@semel/idempotency';
import type { PgConnection } from '@semel/idempotency/pg';

/** Statements that an instance is stopped before. */
export type Point = 'begin' | 'look' | 'probe' | 'commit';

function pointOf({ name, text }: Statement): Point | undefined {
  if (text.startsWith('BEGIN')) return 'begin';
  if (text === 'COMMIT') return 'commit';
  // Of one key or of several.
  if (name?.startsWith('semel-look-up-keys')) return 'look';
  if (name === 'semel-probe-locks') return 'probe';
  return undefined;
}

interface Sent {
  readonly point: Point | undefined;
  /** Carries the statement out, without telling the engine. */
  deliver(): Promise<void>;
  /** Tells the engine what came of it. */
  hear(): void;
  fail(error: Error): void;
}

/**
 * One real connection of an instance: statements wait at the points until they are let pass, in the order in which they
 * were sent. What the server does with a connection, and what the process hears of it, are two things.
 */
export class Session implements Connection {
  private readonly sent: Sent[] = [];
  private allowed: Sent | undefined;
  private advancing = false;
  private carriedOut = false;
  private gone = false;
  private ended = false;

  constructor(
    private readonly real: PgConnection,
    /** The backend's process id. */
    readonly pid: number,
    readonly pipelined: boolean,
    private readonly stopped: (point: Point) => void,
  ) {}

  run<Row extends object>(statement: Statement<Row>): Promise<StatementResult<Row>> {
    if (this.gone) return Promise.reject(connectionLost());
    return new Promise((resolve, reject) => {
      let hear: () => void = () => undefined;
      this.sent.push({
        point: pointOf(statement),
        deliver: () =>
          this.real.run(statement).then(
            (result) => {
              hear = () => resolve(result);
            },
            (error) => {
              hear = () => reject(error);
            },
          ),
        hear: () => hear(),
        fail: reject,
      });
      void this.advance();
    });
  }

  /** What the engine does with it when it is done; one that was lost lives on at the server. */
  release(error?: Error): void {
    if (this.gone) return;
    this.gone = true;
    this.end(error);
  }

  /** Lets the statement pass that waits, and all behind it up to the next point. */
  pass(): void {
    this.allowed = this.sent[0];
    void this.advance();
  }

  /** The server carries the COMMIT out; nobody hears of it yet. */
  async carryOut(): Promise<void> {
    await this.atCommit().deliver();
    this.carriedOut = true;
    if (this.gone) this.end(connectionLost());
  }

  /** The acknowledgement arrives. */
  hearCommit(): void {
    const commit = this.atCommit();
    this.sent.shift();
    commit.hear();
  }

  /** The process hears that its connection is gone. The server may not know yet. */
  lose(): void {
    this.fallSilent();
    this.wake(connectionLost());
  }

  /** The process died: nothing is said or heard on this connection any more. The server may not know yet. */
  fallSilent(): void {
    this.gone = true;
    if (this.carriedOut) this.end(connectionLost());
  }

  /** Whoever still waits inside the process hears this. */
  wake(error: Error): void {
    for (const { fail } of this.sent) fail(error);
  }

  /** The network tells the server. */
  cut(): void {
    this.real.client.connection.stream.destroy();
    this.end(connectionLost());
  }

  private end(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.real.release(error);
  }

  private atCommit(): Sent {
    const [head] = this.sent;
    if (head?.point !== 'commit') throw new Error(`The engine is at ${head?.point}, not at its COMMIT.`);
    return head;
  }

  private async advance(): Promise<void> {
    if (this.advancing) return;
    this.advancing = true;
    for (let head = this.sent[0]; head; head = this.sent[0]) {
      if (head.point && head !== this.allowed) {
        this.stopped(head.point);
        break;
      }
      await head.deliver();
      this.sent.shift();
      head.hear();
    }
    this.advancing = false;
  }
}

/** As node-postgres says it. */
function connectionLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
}
