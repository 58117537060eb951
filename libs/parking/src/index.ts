export {
  type Act,
  type Acted,
  act,
  actOnOne,
  type OutcomeOfOne,
  type Run,
  type Selection,
} from './acts/parking-acts.js';
export { parkingMigrations } from './migrations/index.js';
export { ParkedMessages } from './parked-messages.js';
export { ParkingLots, ParkingModule } from './parking.module.js';
export { ParkingRegister } from './register/parking-register.js';
