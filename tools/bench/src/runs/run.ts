import type { RunReport } from '../report/report.js';
import type { Stage } from '../stage/stage.js';

export interface RunOptions {
  /** Of one window. */
  readonly seconds: number;
  /** Windows of each subject; they take turns. */
  readonly rounds: number;
  /** Before the first window of a subject. */
  readonly warmUpSeconds: number;
  /** Keys already in the table, for the run that grows it. */
  readonly keys: number;
}

/** One kind of measurement: it starts what it needs on the stage and tells what it found. */
export type Run = (stage: Stage, options: RunOptions) => Promise<RunReport>;
