import { enginePlants } from './engine-plants.js';
import { eventPlants } from './event-plants.js';
import { leasePlants } from './lease-plants.js';
import type { Plants } from './plant.js';

/**
 * Bugs that are planted into the services of a torture run, by changing their modules while Node loads them. The services know
 * nothing of it: there is no switch in them that anybody could reach.
 */
export const plants: Plants = { ...enginePlants, ...eventPlants, ...leasePlants };
