/** A server that has become ready. */
export interface Running {
  readonly pid: number | undefined;
  /** Resolves with how it ended, e.g. `exit code 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  /** Ends it in good order, or by force where it takes too long. */
  stop(): Promise<unknown>;
}

interface Attempt {
  /** Aborted when the stack stops: the attempt ends what it has spawned and rejects. */
  readonly signal: AbortSignal;
  /** To be told of the pid as soon as there is one. */
  onSpawn(pid: number, port: number): void;
}

/** Starts the server and resolves when it is ready; rejects with the reason when it ended before that. */
export type Launch = (attempt: Attempt) => Promise<Running>;

export type State = 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped' | 'failed';

/** A process as `stack -- ps` shows it, looked at whenever it is asked for. */
export interface Watched {
  readonly name: string;
  /** The serving process; undefined where there is none, or it is somebody else's. */
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly state: State | 'external';
}
