import { ConfigurationError } from '@semel/service';
import type { Upstream } from '../gateway/upstream.js';

interface Settings {
  readonly DEMO_CONTROL_URL?: URL | undefined;
  readonly DEMO_CONTROL_SECRET?: string | undefined;
}

/**
 * The control of the stack that started this console, where it is a demonstration's.
 * @throws ConfigurationError in production, which nobody shall be able to break from a page
 */
export function controlUpstream(
  { DEMO_CONTROL_URL: url, DEMO_CONTROL_SECRET: token }: Settings,
  env: NodeJS.ProcessEnv,
): Upstream | undefined {
  if (url === undefined && token === undefined) return undefined;
  if (env.NODE_ENV === 'production') {
    throw new ConfigurationError(
      'DEMO_CONTROL_URL and DEMO_CONTROL_SECRET are for the stack of npm start: unset them where NODE_ENV is production',
    );
  }
  if (url === undefined || token === undefined) {
    throw new ConfigurationError('Set DEMO_CONTROL_URL and DEMO_CONTROL_SECRET, or neither of them');
  }
  return { name: 'The stack', url, token };
}
