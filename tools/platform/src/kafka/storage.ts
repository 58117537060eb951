import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskFull, PlatformError, tellsOfFullDisk } from '../platform-error.js';
import { runToEnd } from '../run-to-end.js';

/** A door of its own for clients who are to come back through another port: a proxy's. */
export interface Listener {
  /** Upper-case letters and digits. */
  readonly name: string;
  readonly port: number;
  /** The port that the broker tells those who came in here. */
  readonly advertisedPort: number;
}

export interface BrokerConfiguration {
  readonly logDirectory: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly listeners?: readonly Listener[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** The text of server.properties: one process that is broker and controller, on 127.0.0.1 alone. */
export function serverProperties({
  logDirectory,
  port,
  controllerPort,
  listeners = [],
  settings = {},
}: BrokerConfiguration): string {
  const doors = [
    { name: 'PLAINTEXT', port, advertisedPort: port },
    ...listeners,
    { name: 'CONTROLLER', port: controllerPort, advertisedPort: controllerPort },
  ];
  const all: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: doors.map((door) => `${door.name}://127.0.0.1:${door.port}`).join(','),
    'advertised.listeners': doors.map((door) => `${door.name}://127.0.0.1:${door.advertisedPort}`).join(','),
    'listener.security.protocol.map': doors.map(({ name }) => `${name}:PLAINTEXT`).join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDirectory,
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '2',
    // A group with one member need not wait three seconds for others.
    'group.initial.rebalance.delay.ms': '0',
    // A misspelt topic is an error, not a new topic.
    'auto.create.topics.enable': 'false',
    ...settings,
  };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}`)
    .join('\n')}\n`;
}

/**
 * Formats the log directory where that has not been done. It is formatted under another name and renamed, so that an
 * interrupted format leaves nothing behind.
 * @throws PlatformError `kafka-format`, `disk-full`
 */
export async function ensureFormatted(
  java: string,
  classPath: string,
  configuration: BrokerConfiguration,
): Promise<void> {
  const folder = configuration.logDirectory;
  if (await isFormatted(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const nursery = await mkdtemp(join(dirname(folder), `${basename(folder)}.making-`));
  try {
    const properties = join(nursery, 'server.properties');
    const logs = join(nursery, 'logs');
    await writeFile(properties, serverProperties({ ...configuration, logDirectory: logs }));
    // Kafka's cluster id is 16 bytes in URL-safe base64; one that starts with a dash would read as an option.
    const clusterId = `s${randomBytes(16).toString('base64url').slice(1, 21)}A`;
    const { code, output, startError } = await runToEnd(
      java,
      [
        '-Xmx128m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-cp',
        classPath,
        'kafka.tools.StorageTool',
        'format',
        '--standalone',
        '-t',
        clusterId,
        '-c',
        properties,
      ],
      { onLeash: true },
    );
    if (code !== 0) {
      if (tellsOfFullDisk(output)) throw diskFull(folder, output);
      const said = startError?.message ?? output.trim().split('\n').at(-1);
      throw new PlatformError(`Apache Kafka could not format ${folder}: ${said}`, {
        code: 'kafka-format',
        cause: startError ?? output,
      });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(logs, folder);
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

async function isFormatted(folder: string): Promise<boolean> {
  return access(join(folder, 'meta.properties')).then(
    () => true,
    () => false,
  );
}
