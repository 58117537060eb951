import type { ZodType } from 'zod';

/** The control of the stack refused, or could not do, what it was asked for. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** Reads something of the stack. @throws ControlError, or TypeError where the console itself does not answer */
export async function readControl<Value>(
  path: string,
  schema: ZodType<Value>,
  signal?: AbortSignal,
): Promise<Value> {
  const response = await fetch(`/api/demo${path}`, signal === undefined ? {} : { signal });
  if (!response.ok) throw new ControlError(await detailOf(response));
  return schema.parse(await response.json());
}

/** Does something to the stack. @throws ControlError with the reason why not, or TypeError */
export async function tellControl(path: string, body: object = {}): Promise<unknown> {
  const response = await fetch(`/api/demo${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new ControlError(await detailOf(response));
  return response.json();
}

async function detailOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { detail }: { detail?: unknown } = JSON.parse(text);
    if (typeof detail === 'string') return detail;
  } catch {
    // No JSON: its status has to do.
  }
  return `The stack answered ${response.status}.`;
}
