export interface Sent {
  method?: string;
  authorization?: string;
  key?: string;
  type?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}
/** Sends a request and reads the JSON of its answer. */
export async function send(
  address: string,
  { method = 'POST', authorization, key, type, body, headers = {} }: Sent,
) {
  const response = await fetch(address, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? new TextEncoder().encode(body) : body }),
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
  });
  const text = await response.text();
  return { response, status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

/** Expects a problem document of this status and code. */
export const expectProblem = (
  { response, json }: Awaited<ReturnType<typeof send>>,
  status: number,
  code: string,
) => {
  expect([response.status, json?.code]).toEqual([status, code]);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(json).toMatchObject({ type: `/problems/${code}`, status, code });
  for (const member of ['title', 'detail', 'instance']) expect(typeof json[member]).toBe('string');
};
