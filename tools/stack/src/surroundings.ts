import type { Progress } from '@semel/platform';
import type { Compose } from './backing/compose.js';
import type { Passwords } from './backing/passwords.js';
import type { Folders } from './folders.js';
import type { Launch, Watched } from './supervision/running.js';
import type { Supervised } from './supervision/supervised.js';

/** What every part of a start is given. */
export interface Surroundings {
  readonly folders: Folders;
  readonly env: NodeJS.ProcessEnv;
  readonly passwords: Passwords;
  /** Start from empty data. */
  readonly fresh: boolean;
  /** The Docker engine, looked for when it is first asked for. */
  readonly compose: () => Promise<Compose>;
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** A state that the next one replaces. */
  readonly progress: Progress;
  /** Keeps a server of the stack running, and ends it with the stack. */
  readonly supervise: (name: string, launch: Launch, attempts: number) => Supervised;
  /** Shows a server that is not supervised here; `stop` ends it where the stack has started it. */
  readonly show: (watched: Watched, stop?: () => Promise<void>) => void;
}
