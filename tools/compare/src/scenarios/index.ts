import { crashes } from './crashes.js';
import { races } from './races.js';
import { replays } from './replays.js';
import type { Scenario } from './scenario.js';

export const scenarios: readonly Scenario[] = [...crashes, ...races, ...replays];
