import { PlatformError } from '@semel/platform';

/** What this machine lacks, so that the next way is tried; every other failure has to be told, not passed over. */
const lacking = new Set([
  'postgres-binaries-missing',
  'postgres-no-user',
  'postgres-unreachable-folder',
  'java-missing',
  'java-too-old',
  'maven-missing',
  'kafka-download',
  'no-engine',
]);

export interface Ways<T> {
  /** `PostgreSQL` or `Apache Kafka`. */
  readonly what: string;
  /** The variables that would name a server of one's own. */
  readonly variables: string;
  readonly embedded: () => Promise<T>;
  readonly compose: () => Promise<T>;
  /** Told why the embedded one can't be had where compose is tried next. */
  readonly say: (line: string) => void;
}

/** The first way that this machine allows. @throws PlatformError `no-way`: one sentence that names the three */
export async function firstWay<T>({ what, variables, embedded, compose, say }: Ways<T>): Promise<T> {
  const noEmbedded = await attempt(embedded);
  if ('value' in noEmbedded) return noEmbedded.value;
  const noCompose = await attempt(compose);
  if ('value' in noCompose) {
    say(`${what} comes from docker compose: ${noEmbedded.reason.message}`);
    return noCompose.value;
  }
  throw new PlatformError(
    `${what} can be had in none of the three ways: set ${variables}; or mend the embedded one (${withoutStop(noEmbedded.reason.message)}); ` +
      `or start Docker (${withoutStop(noCompose.reason.message)}).`,
    { code: 'no-way', cause: noEmbedded.reason },
  );
}

async function attempt<T>(way: () => Promise<T>): Promise<{ value: T } | { reason: PlatformError }> {
  try {
    return { value: await way() };
  } catch (error) {
    if (error instanceof PlatformError && lacking.has(error.code)) return { reason: error };
    throw error;
  }
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
