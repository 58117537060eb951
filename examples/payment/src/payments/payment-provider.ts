import { HttpException, Injectable } from '@nestjs/common';
import type { StepCall } from '@semel/idempotency';
import type { PaymentBody } from './payment-body.pipe.js';

export interface Charge {
  readonly id: string;
  readonly amount: number;
}

/** The provider's HTTP interface. It keeps a key's first answer; this side only has to send the same key again. */
@Injectable()
export class PaymentProvider {
  private readonly url = process.env.PROVIDER_URL ?? 'http://127.0.0.1:4010';
  /** Milliseconds. A provider that is slower may have charged all the same: the step is not recorded, so it is asked again. */
  private readonly patience = Number(process.env.PROVIDER_TIMEOUT ?? 3_000);

  async charge(payment: PaymentBody, { key, signal }: StepCall): Promise<Charge> {
    const response = await fetch(`${this.url}/charges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(payment),
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.patience)]),
    });
    const answer: unknown = await response.json();
    if (response.status === 402) throw new HttpException('The card was declined.', 402);
    if (!response.ok) throw new Error(`The payment provider answered ${response.status}.`);
    return chargeOf(answer);
  }
}

function chargeOf(answer: unknown): Charge {
  const { id, amount }: Partial<Record<keyof Charge, unknown>> = Object(answer);
  if (typeof id === 'string' && typeof amount === 'number') return { id, amount };
  throw new Error('The payment provider answered something that is no charge.');
}
