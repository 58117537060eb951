import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type KafkaServer, PlatformError, prepareKafka, startKafka } from '@semel/platform';
import { describe } from '../supervision/service.js';
import type { Surroundings } from '../surroundings.js';
import { deleteTopics } from './delete-topics.js';
import { firstWay } from './three-ways.js';

/**
 * Kafka from the environment, else from Maven Central, else from docker compose.
 * @returns a comma-separated list of `host:port`
 */
export async function findKafka(surroundings: Surroundings): Promise<string> {
  const given = surroundings.env.KAFKA_BROKERS ?? '';
  if (given !== '') {
    if (surroundings.fresh) await forget(given, surroundings);
    const port = Number(given.split(',')[0]?.split(':')[1]);
    surroundings.show({
      name: 'kafka',
      pid: undefined,
      port: Number.isInteger(port) ? port : undefined,
      state: 'external',
    });
    return given;
  }
  return firstWay({
    what: 'Apache Kafka',
    variables: 'KAFKA_BROKERS',
    embedded: () => embedded(surroundings),
    compose: () => fromCompose(surroundings),
    say: surroundings.say,
  });
}

async function forget(brokers: string, { env, say }: Surroundings): Promise<void> {
  const deleted = await deleteTopics(brokers, env);
  if (deleted.length > 0) say(`Kafka: deleted the topics ${deleted.join(', ')}, as --fresh asks.`);
}

async function embedded(surroundings: Surroundings): Promise<string> {
  const { folders, fresh, progress, supervise } = surroundings;
  await prepareKafka(folders.downloads, progress);
  if (fresh) await rm(folders.kafka, { recursive: true, force: true });
  let server: KafkaServer | undefined;
  const supervised = supervise(
    'kafka',
    async ({ signal, onSpawn }) => {
      const started = await startKafka({
        logDirectory: join(folders.kafka, 'data'),
        logFile: join(folders.logs, 'kafka.log'),
        cache: folders.downloads,
        ...(server !== undefined && { port: server.port }),
        onProgress: progress,
        onSpawn,
        signal,
      });
      server = started;
      return { pid: started.pid, exited: started.exited.then(describe), stop: () => started.stop() };
    },
    1,
  );
  await supervised.start();
  if (server === undefined)
    throw new PlatformError('Apache Kafka was stopped before it was ready.', { code: 'stopped' });
  return server.brokers;
}

async function fromCompose(surroundings: Surroundings): Promise<string> {
  const engine = await surroundings.compose();
  const port = engine.ports.kafka;
  surroundings.show({ name: 'kafka', pid: undefined, port, state: 'external' }, () => engine.stop('kafka'));
  await engine.up('kafka', surroundings.progress);
  const brokers = `127.0.0.1:${port}`;
  if (surroundings.fresh) await forget(brokers, surroundings);
  return brokers;
}
