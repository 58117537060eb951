/**
 * What `stack -- env` tells, or undefined where no stack of this clone runs. Loaded only when it is asked: in a container
 * there is no stack, only a service.
 */
export async function askRunningStack(): Promise<Readonly<Record<string, string>> | undefined> {
  const { runningEnvironment } = await import('@semel/stack');
  return runningEnvironment();
}
