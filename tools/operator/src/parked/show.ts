import { ParkingRegister } from '@semel/parking';
import { Command } from 'commander';
import { forEachDatabase } from '../database.js';
import { OperatorError } from '../operator-error.js';
import { type Printed, printJson } from '../print.js';
import { type AskStack, databaseOption, serviceOption, type TargetOptions, targetsOf } from '../targets.js';
import { entryId } from './entry-id.js';

export function showCommand(askStack: AskStack): Command {
  return new Command('show')
    .description('one message whole, as JSON: its value and headers, and what was done about it')
    .argument('<id>', 'as list tells it', entryId)
    .addOption(serviceOption())
    .addOption(databaseOption())
    .option('--json', 'print JSON, which it does in any case')
    .action(async (id: string, options: TargetOptions & Printed) => {
      const targets = await targetsOf(options, process.env, askStack);
      const found = await forEachDatabase(targets, async (database) => {
        const entry = await new ParkingRegister((statement) => database.query(statement)).find(id);
        return entry && { service: database.service, ...entry };
      });
      const entry = found.find((one) => one !== undefined);
      if (entry === undefined)
        throw new OperatorError(`No parked message has the id ${id}: list tells the ids.`);
      printJson(entry);
    });
}
