import { newKey } from '../api/exchange.js';
import type { ParkedAt } from './use-parked.js';

type Act = 'replay' | 'discard';

/** One key for each act on each message: who clicks twice asks for the same. */
const keys = new Map<string, string>();

/** Replays or discards a parked message. @returns what the service says against it; undefined where it did it */
export async function actOnParked({ service, message }: ParkedAt, act: Act): Promise<string | undefined> {
  const deed = `${act} ${message.id}`;
  const key = keys.get(deed) ?? newKey();
  keys.set(deed, key);
  try {
    const response = await fetch(`/api/${service}/parked-messages/${message.id}/${act}`, {
      method: 'POST',
      headers: { 'idempotency-key': key },
    });
    if (response.ok) return undefined;
    const { detail }: { detail?: string } = await response.json();
    return detail ?? `It answered ${response.status}.`;
  } catch {
    return 'No answer came. Do it again: it has its own key, so it happens once.';
  }
}
