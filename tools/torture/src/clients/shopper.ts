import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../dice.js';
import { type Answer, type Command, type History, isOperationAnswer } from '../history/history.js';
import { customers, operators, plentiful, scarce } from './assortment.js';
import { adjusting, cancelling, paying, placing } from './commands.js';
import type { Connections } from './http.js';

/** What clients share: where the services are, who they are, and what they have asked for. */
export interface Street {
  readonly history: History;
  readonly connections: Connections;
  /** By service: the URLs of its instances. */
  readonly urls: Readonly<Record<Command['service'], readonly string[]>>;
  /** Of the payment provider: where it is told what to do to whom. */
  readonly providerUrl: string | undefined;
  token(caller: string): string | undefined;
  readonly asked: Map<string, Asked>;
  /** Orders that somebody was told of, by customer: newest last. */
  readonly orders: Map<string, string[]>;
}

/** What was asked for under one key of one caller. */
export interface Asked {
  readonly commands: Command[];
  answered: boolean;
  /** Its client is gone, and never asks again. */
  abandoned: boolean;
}

const ofKey = ({ caller, key }: Command): string => `${caller}/${key}`;

/** A client with chances of its own: it places, cancels and adjusts, is impatient, forgetful and at times careless with its keys. */
export class Shopper {
  private count = 0;

  constructor(
    private readonly street: Street,
    private readonly dice: Dice,
    private readonly number: number,
  ) {}

  /** Asks for something new, or again for something old. Never throws. */
  async step(): Promise<void> {
    const { dice } = this;
    if (dice.chance(0.08)) return this.askAgain();
    const command = this.command();
    const companion = this.companion(command);
    const sendings: Promise<unknown>[] = [this.insist(command)];
    // A double click, or a proxy that retries: the same at the same time, somewhere else.
    if (dice.chance(0.15))
      for (let i = dice.between(1, 3); i > 0; i -= 1) sendings.push(this.insist(command));
    if (companion) sendings.push(this.insist(companion));
    await Promise.all(sendings);
  }

  private command(): Command {
    const { dice } = this;
    const key = `s${this.number}-${this.count++}`;
    const { urls } = this.street;
    if (urls.payment.length > 0 && (urls.order.length === 0 || dice.chance(0.15))) return paying(dice, key);
    const customer = dice.pick(customers);
    const what = dice.next();
    if (what < 0.2)
      return adjusting(dice, dice.pick(operators), key, dice.pick(dice.chance(0.7) ? scarce : plentiful));
    const order = what < 0.4 ? this.recentOrder(customer) : undefined;
    return order === undefined ? placing(dice, customer, key) : cancelling(customer, key, order);
  }

  /** Now and then: something else under the same key, or the same key of somebody else. */
  private companion(command: Command): Command | undefined {
    const { dice } = this;
    const { caller, key } = command;
    if (dice.chance(0.05)) {
      const other = command.kind === 'cancel' ? this.recentOrder(caller) : undefined;
      if (command.kind === 'pay') return paying(dice, key, 1);
      if (command.kind === 'adjust') return adjusting(dice, caller, key, command.sku ?? '', 1);
      if (command.kind === 'place') return placing(dice, caller, key, 1);
      return other === undefined || other === command.orderId ? undefined : cancelling(caller, key, other, 1);
    }
    if (command.kind === 'place' && dice.chance(0.05)) {
      const somebody = dice.pick(customers.filter((customer) => customer !== caller));
      return { ...command, caller: somebody };
    }
    return undefined;
  }

  private recentOrder(customer: string): string | undefined {
    const orders = this.street.orders.get(customer)?.slice(-30) ?? [];
    return orders.length > 0 ? this.dice.pick(orders) : undefined;
  }

  private async askAgain(): Promise<void> {
    const all = [...this.street.asked.values()].slice(-400).filter(({ abandoned }) => !abandoned);
    if (all.length === 0) return;
    await this.insist(this.dice.pick(this.dice.pick(all).commands));
  }

  /** The same request with the same key, until it has an answer, or until patience ends. */
  private async insist(command: Command): Promise<void> {
    const { dice, street } = this;
    const asked = noteAsked(street, command);
    if (command.providerFault !== undefined) await planFault(street, command);
    const attempts = dice.pick([1, 2, 3, 4, 6]);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const answer = await sendOnce(street, command, dice);
      if (answer && isFinal(answer)) return;
      await pause(dice.between(20, 400));
    }
    // Its laptop was closed: what it asked for may have happened or not.
    if (dice.chance(0.1) && !asked.answered) asked.abandoned = true;
  }
}

function noteAsked(street: Street, command: Command): Asked {
  const asked = street.asked.get(ofKey(command)) ?? { commands: [], answered: false, abandoned: false };
  street.asked.set(ofKey(command), asked);
  if (!asked.commands.some(({ variant }) => variant === command.variant)) asked.commands.push(command);
  return asked;
}

/** One request to an instance, any unless one is named, and its place in the history. @returns undefined where nothing came back */
export async function sendOnce(
  street: Street,
  command: Command,
  dice: Dice,
  instance = dice.whole(street.urls[command.service].length),
): Promise<Answer | undefined> {
  const { history, urls } = street;
  const prefer = dice.chance(0.3) ? `wait=${dice.pick([1, 2, 5])}` : undefined;
  const key = dice.chance(0.1) ? JSON.stringify(command.key) : command.key;
  // Some who pay are impatient: they ask again, perhaps elsewhere, while the first one is still asking the provider.
  const patience = command.kind === 'pay' ? dice.pick([1_000, 3_000, 9_000]) : undefined;
  const token = street.token(command.caller);
  const attempt = history.invoke(command, instance, prefer);
  try {
    const answer = await street.connections.send({
      url: `${urls[command.service][instance]}${command.path}`,
      method: 'POST',
      ...(token !== undefined && { token }),
      ...(patience !== undefined && { patience }),
      key,
      ...(prefer !== undefined && { prefer }),
      ...(command.body !== undefined && { body: JSON.stringify(command.body) }),
    });
    if (isOperationAnswer(answer)) {
      history.add({ event: 'ok', attempt, answer });
      remember(street, command, answer);
    } else if (answer.status < 500) history.add({ event: 'fail', attempt, answer });
    else history.add({ event: 'info', attempt, why: `${answer.status} ${answer.code ?? ''}`, answer });
    return answer;
  } catch (error) {
    history.add({
      event: 'info',
      attempt,
      why: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
    return undefined;
  }
}

/** What asking again would not change. */
function isFinal(answer: Answer): boolean {
  return isOperationAnswer(answer) || answer.code === 'idempotency-key-reused';
}

function remember(street: Street, command: Command, answer: Answer): void {
  noteAsked(street, command).answered = true;
  if (command.kind !== 'place' || answer.status !== 201) return;
  const { id }: { id?: unknown } = JSON.parse(answer.body);
  const orders = street.orders.get(command.caller) ?? [];
  street.orders.set(command.caller, orders);
  if (typeof id === 'string' && !orders.includes(id)) orders.push(id);
}

/** Asked for twice, it comes twice: each plan is for whoever asks the provider next. */
async function planFault({ history, connections, providerUrl }: Street, command: Command): Promise<void> {
  const body = JSON.stringify({ reference: command.body?.reference, fault: command.providerFault });
  try {
    await connections.send({ url: `${providerUrl}/faults`, method: 'POST', body });
  } catch (error) {
    history.add({
      event: 'note',
      what: `the provider could not be told to ${command.providerFault}: ${error}`,
    });
  }
}
