import { Option } from 'commander';
import { OperatorError } from './operator-error.js';

const services = ['order', 'inventory'] as const;

/** A service's database, and the name that it has in what is printed. */
export interface Target {
  readonly service: string;
  readonly url: string;
}

/** Which databases: as the command line says. */
export interface TargetOptions {
  readonly service?: string;
  readonly database?: string;
}

export const serviceOption = () =>
  new Option('--service <name>', 'of this service alone; of both by default').choices(services);

export const databaseOption = () =>
  new Option(
    '--database <url>',
    'the database of the service, in place of DATABASE_URL or the running stack',
  );

/** Asked only where neither the command line nor the environment names a database. */
export type AskStack = () => Promise<Readonly<Record<string, string>> | undefined>;

/**
 * The databases that a command is about: of `--database`, else of DATABASE_URL (a service's own environment, as in its
 * container), else of ORDER_DATABASE_URL and INVENTORY_DATABASE_URL, else of the running stack.
 * @throws OperatorError where none is known
 */
export async function targetsOf(
  { service, database }: TargetOptions,
  env: NodeJS.ProcessEnv,
  askStack: AskStack,
): Promise<Target[]> {
  if (database !== undefined) return [{ service: service ?? 'database', url: database }];
  const { DATABASE_URL: own, SERVICE_INSTANCE: instance = 'database' } = env;
  if (own !== undefined && own !== '') {
    if (service !== undefined && !instance.startsWith(service) && instance !== 'database') {
      throw new OperatorError(
        `DATABASE_URL is of ${instance}, not of ${service}: leave --service out, or give --database.`,
      );
    }
    return [{ service: service ?? instance, url: own }];
  }
  const wanted = services.filter((name) => service === undefined || name === service);
  const variable = (name: string) => `${name.toUpperCase()}_DATABASE_URL`;
  const given = wanted.every((name) => env[variable(name)]);
  const known = given ? env : await askStack();
  const targets = wanted.flatMap((name) => {
    const url = known?.[variable(name)];
    return url === undefined ? [] : [{ service: name, url }];
  });
  if (targets.length === 0) {
    throw new OperatorError(
      'No database is known: give --database, set DATABASE_URL, or start a stack with npm start.',
    );
  }
  return targets;
}

/** Of a command that names one row: ids are of one database. @throws OperatorError where two are meant */
export function oneOf(targets: readonly Target[]): Target {
  const [target, another] = targets;
  if (target === undefined || another !== undefined) {
    throw new OperatorError(
      'An id is of one service: say which with --service order or --service inventory.',
    );
  }
  return target;
}
