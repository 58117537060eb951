import type { Words } from './run.js';

/** Whatever runs containers here, and the compose that talks to it. */
export interface Engine {
  /** As a reader is told of it: names and releases. */
  readonly title: string;
  readonly words: Words;
  readonly compose: Compose;
  /** For both. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether its images are its own: only then may a stand-in bear the name of the image that it stands for. */
  readonly isPrivate: boolean;
  /** Whether somebody has to run the health checks, because nobody does. */
  readonly needsPulse: boolean;
  /** Ends what was started for it. */
  end(): Promise<void>;
}

export interface Compose {
  readonly words: Words;
  readonly version: string;
  /** Since version 2: `up --wait`. */
  readonly waits: boolean;
}
