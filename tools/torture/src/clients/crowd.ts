import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Dice } from '../dice.js';
import { type Command, isOperationAnswer } from '../history/history.js';
import { type Asked, Shopper, type Street, sendOnce } from './shopper.js';

export interface CrowdOptions {
  readonly seed: number;
  readonly shoppers: number;
  /** New operations a second of all shoppers together, while nothing holds them up. */
  readonly perSecond: number;
}

/** Many shoppers at once, until they are told to go home. */
export async function shop(street: Street, options: CrowdOptions, until: AbortSignal): Promise<void> {
  const { seed, shoppers, perSecond } = options;
  setMaxListeners(shoppers + 10, until);
  const loop = async (number: number): Promise<void> => {
    const dice = new Dice('shopper', seed, number);
    const shopper = new Shopper(street, dice, number);
    while (!until.aborted) {
      await pause(dice.waitMs((perSecond * 60) / shoppers), undefined, { signal: until }).catch(
        () => undefined,
      );
      if (!until.aborted) await shopper.step();
    }
  };
  await Promise.all(Array.from({ length: shoppers }, (_, number) => loop(number)));
}

/** How many of those who have their answer ask for it again, at most. */
const askedAgain = 500;

/**
 * After the storm: whoever has no answer yet, and has not given up, asks until he has it from every instance; and so does a fifth
 * of the others. Each has a patience of his own, for how many there are says nothing of the services. The first whose patience ends
 * ends it for all: what there is to tell is known.
 *
 * @param patience milliseconds
 */
export async function settle(street: Street, seed: number, patience: number): Promise<void> {
  const dice = new Dice('settling', seed);
  const present = [...street.asked.values()].filter(({ abandoned }) => !abandoned);
  const share = Math.min(0.2, askedAgain / present.length);
  const open = present.filter(({ answered }) => !answered || dice.chance(share));
  let given = true;
  const worker = async (number: number): Promise<void> => {
    const own = new Dice('settling', seed, number);
    for (let asked = open.pop(); asked && given; asked = open.pop()) {
      const until = performance.now() + patience;
      await answersOf(street, asked, own, () => {
        given &&= performance.now() < until;
        return given;
      });
    }
  };
  await Promise.all(Array.from({ length: 24 }, (_, number) => worker(number)));
}

/** @param patient whether there is any patience left */
async function answersOf(street: Street, asked: Asked, dice: Dice, patient: () => boolean): Promise<void> {
  let refused: readonly Command[] = [];
  for (const instance of street.urls[asked.commands[0]?.service ?? 'order'].keys()) {
    while (patient()) {
      // The key may stand for another of his requests: then that one has the answer.
      const command = asked.commands.find((one) => !refused.includes(one));
      if (!command) return;
      const answer = await sendOnce(street, command, dice, instance);
      if (answer && isOperationAnswer(answer)) break;
      if (answer?.code === 'idempotency-key-reused') refused = [...refused, command];
      else await pause(dice.between(50, 200));
    }
  }
}
