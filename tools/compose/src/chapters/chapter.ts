import type { Storm } from '@semel/stack';
import type { Project } from '../project/project.js';
import type { Report } from '../report.js';

/** What every chapter works with. */
export interface Trial {
  readonly project: Project;
  readonly report: Report;
  /** Clients of the published Order, who write down what they are promised. */
  readonly storm: Storm;
  /** Orders that were answered beside the storm. */
  readonly promised: Set<string>;
}

export type Chapter = (trial: Trial) => Promise<void>;
