import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { freePort } from '../free-port.js';
import { diskFull, PlatformError, tellsOfFullDisk } from '../platform-error.js';
import { type Progress, silent } from '../progress.js';
import { type Exit, ServerProcess } from '../server-process.js';
import { ensureKafkaDistribution } from './distribution.js';
import { findJava } from './java.js';
import { ensureFormatted, type Listener, serverProperties } from './storage.js';

export interface KafkaOptions {
  readonly logDirectory: string;
  readonly logFile: string;
  /** Where the jars are kept between runs. */
  readonly cache: string;
  /** This port and no other: clients know it already. */
  readonly port?: number;
  /** Taken where it is free; else one is picked. */
  readonly preferredPort?: number;
  readonly heapMegabytes?: number;
  /** More doors, each of which advertises a port of its own. */
  readonly listeners?: readonly Listener[];
  /** Lines of server.properties that differ from ours, e.g. `{ 'log.retention.hours': '1' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onProgress?: Progress;
  readonly onSpawn?: (pid: number, port: number) => void;
  readonly signal?: AbortSignal;
}

export interface KafkaServer {
  readonly port: number;
  readonly pid: number;
  /** `127.0.0.1:port` */
  readonly brokers: string;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
}

/**
 * Starts Apache Kafka on 127.0.0.1 and waits until it answers as a broker. A log directory that was not closed in good
 * order recovers while it starts.
 * @throws PlatformError with a sentence for what this machine lacks
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const { onProgress = silent, logDirectory } = options;
  const { java, jars } = await prepareKafka(options.cache, onProgress);
  const classPath = join(jars, '*');
  const deadline = Date.now() + 60_000;
  for (;;) {
    const port = options.port ?? (await freePort(options.preferredPort));
    const controllerPort = await freePort();
    const configuration = {
      logDirectory,
      port,
      controllerPort,
      ...(options.listeners && { listeners: options.listeners }),
      ...(options.settings && { settings: options.settings }),
    };
    await ensureFormatted(java, classPath, configuration);
    const properties = join(dirname(logDirectory), 'server.properties');
    await mkdir(dirname(properties), { recursive: true });
    await writeFile(properties, serverProperties(configuration));
    const server = await ServerProcess.spawn({
      command: java,
      args: [...jvmOptions(options.heapMegabytes ?? 400), '-cp', classPath, 'kafka.Kafka', properties],
      logFile: options.logFile,
      stopSignal: 'TERM',
      patienceSeconds: 20,
    });
    options.onSpawn?.(server.pid, port);
    const abort = () => void server.stop();
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted) abort();
    try {
      const brokers = `127.0.0.1:${port}`;
      if (await answers(server, port))
        return { port, pid: server.pid, brokers, exited: server.exited, stop: () => server.stop() };
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
    const said = server.lastLines.join('\n');
    if (
      options.signal?.aborted ||
      Date.now() > deadline ||
      !/Address already in use|Failed to acquire lock/.test(said)
    ) {
      throw explain(options, server);
    }
    await delay(300);
  }
}

/**
 * Finds Java and fetches Kafka where that has not been done, without starting anything.
 * @throws PlatformError where this machine can't run Kafka
 */
export async function prepareKafka(
  cache: string,
  onProgress: Progress = silent,
): Promise<{ java: string; jars: string }> {
  const java = await findJava();
  return { java, jars: await ensureKafkaDistribution(cache, onProgress) };
}

/** The heap is most of what a small broker takes; the caps on the rest keep it under 500 MB in all. */
function jvmOptions(heapMegabytes: number): string[] {
  return [
    `-Xmx${heapMegabytes}m`,
    '-Xms96m',
    '-XX:+UseSerialGC',
    '-XX:MaxDirectMemorySize=64m',
    '-XX:ReservedCodeCacheSize=64m',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.log.kafka.server=info',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss',
  ];
}

/** True once it answers as a broker that clients may use, false when it ended before that. */
async function answers(server: ServerProcess, port: number): Promise<boolean> {
  // kafkajs logs each refused connection and waits longer after each: knock by ourselves until the door is open.
  while (!(await accepts(port))) {
    if (server.hasExited) return false;
    await delay(50);
  }
  const { Kafka, logLevel } = kafkajs;
  const kafka = new Kafka({
    clientId: 'semel-platform',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  while (!server.hasExited) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length > 0) return true;
    } catch {
      // Not yet a broker: the controller has still to admit it. What goes wrong for good ends the process.
    } finally {
      await admin.disconnect().catch(() => {});
    }
    await delay(100);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function explain(options: KafkaOptions, server: ServerProcess): PlatformError {
  const said = server.lastLines.join('\n');
  if (tellsOfFullDisk(said)) return diskFull(options.logDirectory, said);
  const reason =
    server.lastLines.findLast((line) => /ERROR|Exception|Error:/.test(line)) ??
    server.lastLines.at(-1) ??
    'it said nothing';
  return new PlatformError(
    `Apache Kafka did not start on ${options.logDirectory}: ${reason} (its log is ${options.logFile})`,
    { code: 'kafka-start', cause: said },
  );
}
