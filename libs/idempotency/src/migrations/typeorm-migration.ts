import type { TypeOrmMigration, TypeOrmQueryRunner } from '../typeorm/shapes.js';
import type { SchemaStep } from './schema-step.js';

/** A step as TypeORM's own migrations are: a class that it makes itself, noted under the step's name. */
export function typeOrmMigrationOf(step: SchemaStep): new () => TypeOrmMigration {
  return class implements TypeOrmMigration {
    readonly name = step.name;

    async up(runner: Pick<TypeOrmQueryRunner, 'query'>): Promise<void> {
      for (const statement of step.statements) await runner.query(statement);
    }

    async down(): Promise<void> {
      throw new Error('Migrations go forward only: write a new one.');
    }
  };
}
