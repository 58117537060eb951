import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskFull, PlatformError, tellsOfFullDisk } from '../platform-error.js';
import { type Progress, silent } from '../progress.js';
import { runToEnd } from '../run-to-end.js';

export const kafkaVersion = '4.4.0';

const pom = fileURLToPath(new URL('../../kafka/pom.xml', import.meta.url));

/**
 * The folder of Kafka's jars, fetched from Maven Central (43 MB) where they are not there yet. They are gathered under
 * another name and renamed when they are complete: a download that was interrupted is simply done again.
 * @param cache a folder of ours that outlives the run
 * @throws PlatformError `maven-missing`, `kafka-download`, `disk-full`
 */
export async function ensureKafkaDistribution(cache: string, onProgress: Progress = silent): Promise<string> {
  const folder = join(cache, `kafka-${kafkaVersion}`);
  if (await hasJars(folder)) return folder;
  await mkdir(cache, { recursive: true, mode: 0o755 });
  await sweep(cache);
  const nursery = await mkdtemp(join(cache, `kafka-${kafkaVersion}.fetching-${process.pid}-`));
  try {
    await fetchInto(nursery, onProgress);
    await rm(folder, { recursive: true, force: true });
    await rename(join(nursery, 'libs'), folder).catch(async (error: unknown) => {
      // Somebody else, a test run beside a start, was quicker: theirs is as good as ours.
      if (!(await hasJars(folder))) throw error;
    });
  } catch (error) {
    throw tellsOfFullDisk(error) ? diskFull(cache, error) : error;
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
  return folder;
}

async function fetchInto(nursery: string, onProgress: Progress): Promise<void> {
  await copyFile(pom, join(nursery, 'pom.xml'));
  onProgress(`Apache Kafka ${kafkaVersion}: fetching from Maven Central (about 43 MB)`);
  let files = 0;
  const fetched = new Map<string, number>();
  const { code, output, startError } = await runToEnd(
    'mvn',
    // -U asks again for what an earlier attempt failed to find.
    ['-B', '-U', 'dependency:copy-dependencies', `-DoutputDirectory=${join(nursery, 'libs')}`],
    {
      cwd: nursery,
      onLeash: true,
      onLine: (line) => {
        const done = /Downloaded from .*\/([^/]+\.jar) \(([\d.]+) (kB|MB)/.exec(line);
        if (done === null) return;
        files += 1;
        fetched.set(String(done[1]), Number(done[2]) * (done[3] === 'MB' ? 1 : 0.001));
        const megabytes = [...fetched.values()].reduce((sum, size) => sum + size, 0);
        onProgress(
          `Apache Kafka ${kafkaVersion}: ${files} files, ${megabytes.toFixed(1)} MB fetched, last ${done[1]}`,
        );
      },
    },
  );
  if (startError !== undefined) {
    throw new PlatformError('Fetching Apache Kafka needs Maven, and there is no mvn on the PATH.', {
      code: 'maven-missing',
      cause: startError,
    });
  }
  if (code !== 0) {
    if (tellsOfFullDisk(output)) throw diskFull(nursery, output);
    const reason = /\[ERROR\] (.*)/.exec(output)?.[1] ?? output.trim().split('\n').at(-1);
    throw new PlatformError(`Apache Kafka could not be fetched from Maven Central; mvn said: ${reason}`, {
      code: 'kafka-download',
      cause: output,
    });
  }
}

async function hasJars(folder: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => []);
  return files.some((file) => file.startsWith('kafka_')) && files.some((file) => file.startsWith('slf4j-'));
}

/** Removes what a fetch left behind whose process is gone. */
async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /\.fetching-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
