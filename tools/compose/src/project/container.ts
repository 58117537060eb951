import type { Engine } from '../engine/engine.js';
import { outputOf } from '../engine/run.js';

/** What is known of a container, as Docker and podman both tell it. */
export interface Container {
  readonly id: string;
  /** Of docker-compose.yml. */
  readonly service: string;
  /** Started beside the service's own, and not by `compose up`. */
  readonly isOneOff: boolean;
  readonly status: string;
  /** `healthy`, `unhealthy`, `starting`; undefined where nobody checks. */
  readonly health: string | undefined;
  readonly exitCode: number;
  /** On the engine's machine; 0 where it does not run. */
  readonly pid: number;
  readonly startedAt: number;
  readonly oomKilled: boolean;
  readonly imageId: string;
  readonly readOnly: boolean;
  readonly environment: readonly string[];
  readonly command: readonly string[];
  readonly networks: readonly string[];
}

interface Inspected {
  readonly Id: string;
  readonly Image: string;
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, object>> };
  readonly HostConfig: { readonly ReadonlyRootfs: boolean };
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Pid: number;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
    /** As podman 4 calls it. */
    readonly Healthcheck?: { readonly Status: string };
  };
}

/** @returns what is there of them: one that has gone meanwhile is left out */
export async function inspect({ words, env }: Engine, ids: readonly string[]): Promise<Container[]> {
  const looks = ids.map(async (id) => {
    const text = await outputOf(words, ['container', 'inspect', id], env).catch(() => '[]');
    return (JSON.parse(text) as Inspected[]).map(containerOf);
  });
  return (await Promise.all(looks)).flat();
}

function containerOf({ Id, Image, Config, HostConfig, NetworkSettings, State }: Inspected): Container {
  const health = (State.Health ?? State.Healthcheck)?.Status;
  return {
    id: Id,
    service: Config.Labels['com.docker.compose.service'] ?? '',
    isOneOff: Config.Labels['com.docker.compose.oneoff'] === 'True',
    status: State.Status,
    health: health === '' || health === 'none' ? undefined : health,
    exitCode: State.ExitCode,
    pid: State.Pid,
    startedAt: Date.parse(State.StartedAt),
    oomKilled: State.OOMKilled,
    imageId: Image,
    readOnly: HostConfig.ReadonlyRootfs,
    environment: Config.Env ?? [],
    command: Config.Cmd ?? [],
    networks: Object.keys(NetworkSettings.Networks),
  };
}
