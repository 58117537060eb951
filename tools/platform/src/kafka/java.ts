import { join } from 'node:path';
import { PlatformError } from '../platform-error.js';
import { runToEnd } from '../run-to-end.js';

/** Kafka 4's broker does not run on an older one. */
const required = 17;

/**
 * The java to run Kafka with: JAVA_HOME's, else the one on the PATH.
 * @throws PlatformError `java-missing`, `java-too-old`
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const candidates = [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java'];
  let found: string | undefined;
  for (const java of candidates) {
    const { code, output } = await runToEnd(java, ['-version'], { env });
    if (code !== 0) continue;
    found = /version "([^"]+)"/.exec(output)?.[1] ?? 'of unknown version';
    // Up to Java 8 the version was called 1.8.
    const major = Number.parseInt(found.replace(/^1\./, ''), 10);
    if (major >= required) return java;
  }
  if (found === undefined) {
    throw new PlatformError(`Apache Kafka needs Java ${required} or later, and there is none on the PATH.`, {
      code: 'java-missing',
    });
  }
  throw new PlatformError(
    `Apache Kafka needs Java ${required} or later, and the one on the PATH is ${found}.`,
    { code: 'java-too-old' },
  );
}
