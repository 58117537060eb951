import { readFileSync } from 'node:fs';

// Loaded with --import before a service: its wall clock is off by what CLOCK_FILE says, in milliseconds, and jumps when
// SIGUSR2 arrives. Timers and performance.now() go on as before, like those of a machine whose clock was set.
const file = process.env.CLOCK_FILE ?? '';
const RealDate = Date;

function readShift(): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    // Nobody has shifted it yet.
    return 0;
  }
}

let shift = readShift();
process.on('SIGUSR2', () => {
  shift = readShift();
});

const now = (): number => RealDate.now() + shift;

const ShiftedDate = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
});
Object.defineProperty(RealDate.prototype, 'constructor', { value: ShiftedDate });
globalThis.Date = ShiftedDate;
