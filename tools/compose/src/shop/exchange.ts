import { sendOrder } from '@semel/stack';

/** One order as a client sends it, at whichever instance. */
export interface Request {
  readonly url: string;
  readonly token: string;
  readonly key: string;
  readonly quantity: number;
}

export interface Answer {
  readonly status: number;
  readonly replayed: boolean;
  /** undefined where the body names none. */
  readonly orderId: string | undefined;
}

/** @throws Error where no answer came */
export async function order({ url, token, key, quantity }: Request): Promise<Answer> {
  const body = JSON.stringify({ lines: [{ sku: 'TEA-SENCHA-100', quantity }] });
  const attempt = await sendOrder({ url, token, key, body });
  if (attempt.kind === 'lost') throw new Error(`${url} gave no answer to key ${key}.`);
  const answered: { id?: string } = JSON.parse(attempt.body);
  return { status: attempt.status, replayed: attempt.replayed, orderId: answered.id };
}
