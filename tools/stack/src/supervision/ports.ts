import { freePort, isPortFree, PlatformError } from '@semel/platform';

/** A port that the contract names, and the variable that overrides it. */
export interface NamedPort {
  readonly service: string;
  readonly variable: string;
  readonly standard: number;
}

export const namedPorts: readonly NamedPort[] = [
  { service: 'console', variable: 'CONSOLE_PORT', standard: 3000 },
  { service: 'order', variable: 'ORDER_PORT', standard: 3001 },
  { service: 'inventory', variable: 'INVENTORY_PORT', standard: 3002 },
];

/**
 * The port of each service by its name; 0 in a variable asks for any free one.
 * @throws PlatformError `port-invalid`, `port-taken`
 */
export async function choosePorts(env: NodeJS.ProcessEnv): Promise<Map<string, number>> {
  const chosen = new Map<string, number>();
  for (const named of namedPorts) {
    const wanted = portFrom(env, named);
    const twin = [...chosen].find(([, port]) => port === wanted);
    if (twin !== undefined) {
      throw new PlatformError(
        `${named.variable} gives port ${wanted} to ${named.service}, but ${twin[0]} has it already.`,
        {
          code: 'port-taken',
        },
      );
    }
    if (wanted !== 0 && !(await isPortFree(wanted))) {
      throw new PlatformError(
        `Port ${wanted}, where ${named.service} is to listen, is taken by another program: end that one, or choose another port with ${named.variable}=….`,
        { code: 'port-taken' },
      );
    }
    chosen.set(named.service, wanted === 0 ? await freePort() : wanted);
  }
  return chosen;
}

function portFrom(env: NodeJS.ProcessEnv, { variable, standard }: NamedPort): number {
  const text = env[variable];
  if (text === undefined || text === '') return standard;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new PlatformError(`${variable} is "${text}", which is no port: give a number from 1 to 65535.`, {
    code: 'port-invalid',
  });
}
