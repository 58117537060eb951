import type { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { variableNotes } from './variable.js';

/**
 * Reads the environment by a schema. An empty variable counts as absent.
 * @throws ConfigurationError that lists every problem: the variable, its value unless it is secret, and the cure
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? 'environment');
    if (!problems.has(name)) problems.set(name, describe(name, given[name], schema.shape[name], issue));
  }
  const count =
    problems.size === 1 ? 'One environment variable is' : `${problems.size} environment variables are`;
  throw new ConfigurationError([`${count} wrong:`, ...problems.values()].join('\n  '));
}

function describe(
  name: string,
  value: string | undefined,
  schema: z.core.$ZodType | undefined,
  issue: z.core.$ZodIssue,
): string {
  const notes = schema && variableNotes.get(schema);
  const cure = notes?.cure ?? issue.message;
  if (value === undefined) return `${name} is missing: set it to ${cure}`;
  return `${name} is ${notes?.secret ? 'set to a secret value that is not usable' : JSON.stringify(value)}: set it to ${cure}`;
}
