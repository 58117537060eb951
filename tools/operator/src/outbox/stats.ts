import { outboxStats } from '@semel/outbox';
import { Command } from 'commander';
import { forEachDatabase } from '../database.js';
import { type Printed, printRows } from '../print.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';

export function statsCommand(askStack: AskStack): Command {
  return new Command('stats')
    .description('how many events wait, since when, and how many were set aside')
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON')
    .action(async (options: TargetOptions & Printed) => {
      const targets = await targetsOf(options, process.env, askStack);
      const rows = await forEachDatabase(targets, async (database) => {
        const [stats] = await database.query(outboxStats());
        return { service: database.service, pending: 0, oldestPendingSeconds: 0, setAside: 0, ...stats };
      });
      const columns = {
        service: (row: (typeof rows)[number]) => row.service,
        waiting: (row: (typeof rows)[number]) => row.pending,
        'oldest (s)': (row: (typeof rows)[number]) => Math.round(row.oldestPendingSeconds),
        'set aside': (row: (typeof rows)[number]) => row.setAside,
      };
      printRows(rows, columns, options);
    });
}
