/** What `node --cpu-prof` writes: V8's `Profile` of the DevTools protocol. Times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  /** By the clock that process.hrtime() tells. */
  readonly startTime: number;
  /** The node that each sample met, and how long after the one before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A function as it was called by those above it, with the time that was spent in itself. */
export interface Stack {
  readonly name: string;
  /** The package that it is of. */
  readonly place: string;
  /** Microseconds, without those that it called. */
  self: number;
  readonly children: Stack[];
}

const idle = '(idle)';

/** The stacks that ran between two moments of process.hrtime(), in microseconds; idle time is left out. */
export function stacksBetween(profile: CpuProfile, from: number, to: number): Stack {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const stacks = new Map<number, Stack>();
  const build = (id: number): Stack => {
    const node = nodes.get(id);
    const { functionName, url } = node?.callFrame ?? { functionName: '', url: '' };
    const stack: Stack = {
      name: functionName === '' ? '(anonymous)' : functionName,
      place: placeOf(functionName, url),
      self: 0,
      children: (node?.children ?? []).map(build),
    };
    stacks.set(id, stack);
    return stack;
  };
  const root = build(profile.nodes[0]?.id ?? 0);
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    const delta = profile.timeDeltas[index] ?? 0;
    at += delta;
    const stack = stacks.get(id);
    if (stack && stack.name !== idle && at >= from && at <= to) stack.self += delta;
  });
  return root;
}

/** The package a function is of: ours by their folder, others by their name, `node` and V8 by themselves. */
function placeOf(functionName: string, url: string): string {
  if (url.startsWith('node:')) return 'node';
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (installed !== undefined) return installed;
  const own = /\/(?:libs|apps|tools)\/([^/]+)\/dist\//.exec(url)?.[1];
  if (own !== undefined) return `semel ${own}`;
  if (functionName === '(garbage collector)') return 'garbage collection';
  return 'system calls and V8 itself';
}

/** All that a stack and those that it called took, in microseconds. */
export function totalOf({ self, children }: Stack): number {
  return children.reduce((sum, child) => sum + totalOf(child), self);
}

/** The time that was spent in each package itself, most first. */
export function sharesOf(root: Stack): [place: string, microseconds: number][] {
  const shares = new Map<string, number>();
  const visit = ({ place, self, children }: Stack): void => {
    shares.set(place, (shares.get(place) ?? 0) + self);
    children.forEach(visit);
  };
  visit(root);
  return [...shares].sort(([, left], [, right]) => right - left);
}
