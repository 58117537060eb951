/** What a statement does to transactions. */
export type Control = 'begin' | 'commit' | 'rollback' | 'none' | 'begin with another isolation';

const begin = /^\s*(?:begin(?:\s+(?:work|transaction))?|start\s+transaction)\b([^;]*);?\s*$/i;
const commit = /^\s*(commit|end)(\s+(work|transaction))?\s*;?\s*$/i;
const rollback = /^\s*(rollback|abort)(\s+(work|transaction))?\s*;?\s*$/i;

export function controlOf(text: string): Control {
  const modes = begin.exec(text)?.[1];
  if (modes !== undefined) {
    return /isolation\s+level\s+(?!read\s+committed)/i.test(modes) ? 'begin with another isolation' : 'begin';
  }
  if (commit.test(text)) return 'commit';
  return rollback.test(text) ? 'rollback' : 'none';
}

/** A transaction of a handler's own that can't be a savepoint of the operation's. */
export class NestedTransactionError extends Error {
  override readonly name = 'NestedTransactionError';
  readonly code = 'nested-transaction';
}

/** Transactions that a handler opens inside the operation's: savepoints, one in another. */
export class NestedTransactions {
  private readonly open: { readonly user: symbol; readonly name: string }[] = [];
  private made = 0;

  /**
   * @returns what to send instead, or `undefined` where the statement is sent as it is
   * @throws NestedTransactionError where transactions overlap, or one ends that the user did not begin
   */
  translate(control: Control, user: symbol): readonly string[] | undefined {
    const top = this.open.at(-1);
    if (top && top.user !== user && this.open.some((each) => each.user === user)) {
      throw new NestedTransactionError(
        'Two transactions of one operation overlap: it has one connection. Await the one before you go on with the other.',
      );
    }
    switch (control) {
      case 'none':
        return undefined;
      case 'begin with another isolation':
        throw new NestedTransactionError(
          'A transaction inside of an operation is a savepoint and has its isolation: READ COMMITTED. Ask for no other.',
        );
      case 'begin': {
        this.made += 1;
        const name = `nested_${this.made}`;
        this.open.push({ user, name });
        return [`SAVEPOINT ${name}`];
      }
      default: {
        if (!top || top.user !== user) {
          throw new NestedTransactionError(
            `${control.toUpperCase()} belongs to the engine here: the operation's transaction ends with its answer. Throw to undo it.`,
          );
        }
        this.open.pop();
        const release = `RELEASE SAVEPOINT ${top.name}`;
        return control === 'commit' ? [release] : [`ROLLBACK TO SAVEPOINT ${top.name}`, release];
      }
    }
  }
}
