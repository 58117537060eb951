import { runningEnvironment } from '@semel/stack';
import { CannotTellError } from './cannot-tell.js';

export interface Targets {
  readonly orderDatabase: string;
  readonly inventoryDatabase: string;
  readonly brokers: readonly string[];
}

export interface TargetOptions {
  readonly orderDatabase?: string;
  readonly inventoryDatabase?: string;
  readonly brokers?: string;
}

/**
 * Of the command line, else of ORDER_DATABASE_URL, INVENTORY_DATABASE_URL and KAFKA_BROKERS, else of the running stack.
 * @throws CannotTellError where one is not known
 */
export async function targetsOf(options: TargetOptions, env: NodeJS.ProcessEnv): Promise<Targets> {
  const given = {
    ORDER_DATABASE_URL: options.orderDatabase ?? env.ORDER_DATABASE_URL,
    INVENTORY_DATABASE_URL: options.inventoryDatabase ?? env.INVENTORY_DATABASE_URL,
    KAFKA_BROKERS: options.brokers ?? env.KAFKA_BROKERS,
  };
  const isWhole = Object.values(given).every((value) => value);
  const stack: Readonly<Record<string, string>> = (isWhole ? undefined : await runningEnvironment()) ?? {};
  const known = (name: keyof typeof given): string => {
    const value = given[name] || stack[name];
    if (value === undefined) {
      throw new CannotTellError(
        `${name} is not known: no stack of this clone is running (npm start), and neither the environment nor the command line names it (--help).`,
      );
    }
    return value;
  };
  return {
    orderDatabase: known('ORDER_DATABASE_URL'),
    inventoryDatabase: known('INVENTORY_DATABASE_URL'),
    brokers: known('KAFKA_BROKERS').split(','),
  };
}
