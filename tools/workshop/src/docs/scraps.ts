import type { CodeBlock } from './code-blocks.js';

/** What a page's short blocks may use without importing it. */
const importable: Readonly<Record<string, string>> = {
  '@nestjs/common':
    'BadRequestException Body ConflictException Controller Get Header HttpCode Inject Injectable Module Param Patch Post Put Res UseGuards UseInterceptors',
  '@nestjs/core': 'NestFactory',
  '@nestjs/microservices': 'Ctx EventPattern Payload',
  '@nestjs/platform-fastify': 'FastifyAdapter',
  '@nestjs/typeorm': 'InjectRepository TypeOrmModule',
  typeorm: 'Column DataSource Entity PrimaryGeneratedColumn Repository',
  'node:crypto': 'randomUUID',
  kysely: 'Kysely PostgresDialect',
  'drizzle-orm/node-postgres': 'drizzle',
};

/** The shop that the pages speak of, as far as they take it for granted. */
const takenForGranted = `
declare class PlaceOrder { sku: string; quantity: number }
declare class Order { id: string; sku: string; quantity: number; note: string }
declare class PurchasePlaced { orderId: string }
declare class Configuration { brokers: string[]; instance: string; database: string; keys: string[] }
declare class PlaceOrders { execute(operations: readonly import('@semel/idempotency').Operation<PlaceOrder>[]): Promise<{ status: number }[]> }
declare class PayInvoice { invoice: string; amount: number }
declare class Entry { charge: string }
declare class Invoice { id: string; paid: boolean }
declare class AppModule {}
declare class Provider { charge(order: PayInvoice, key: string, signal: AbortSignal): Promise<{ id: string }> }
declare interface Tables { note: { text: string } }
declare const yourMigrations: (new () => import('typeorm').MigrationInterface)[];
declare const idempotency: import('@semel/idempotency').Idempotency;
declare const month: string;
declare function invoice(month: string): Promise<string>;
declare const dataSource: import('typeorm').DataSource;
`;

const members = {
  orders: "import('typeorm').Repository<Order>",
  outbox: "import('@semel/outbox').Outbox",
  entries: "import('typeorm').Repository<Entry>",
  invoices: "import('typeorm').Repository<Invoice>",
  provider: 'Provider',
};

/** A block as a module of its own, and how many lines were put before it. */
export function moduleOf(
  { text }: CodeBlock,
  ours: Readonly<Record<string, readonly string[]>>,
): { text: string; before: number } {
  const isMember = /^\s*(@(Post|Put|Patch|Delete|EventPattern|KafkaEvent|Idempotent)\(|constructor\()/.test(
    text,
  );
  const declared = new Set(
    [...text.matchAll(/\b(?:class|const|let|function|interface|type)\s+([A-Za-z]\w*)/g)].map(
      ([, name]) => name,
    ),
  );
  const imported = new Set(
    [...text.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}/g)].flatMap(([, names]) =>
      String(names)
        .split(',')
        .map((name) => name.trim().replace(/^type\s+/, '')),
    ),
  );
  const wanted = (name: string): boolean =>
    !declared.has(name) && !imported.has(name) && new RegExp(`\\b${name}\\b`).test(text);
  const modules = {
    ...Object.fromEntries(Object.entries(importable).map(([module, names]) => [module, names.split(' ')])),
    ...ours,
  };
  const taken = new Set<string>();
  const prelude = Object.entries(modules).flatMap(([module, names]) => {
    // What two entries export is the same thing: the first one's will do.
    const used = names.filter((name) => wanted(name) && !taken.has(name));
    for (const name of used) taken.add(name);
    return used.length === 0 ? [] : [`import { ${used.join(', ')} } from '${module}';`];
  });
  if (wanted('pg')) prelude.push("import pg from 'pg';");
  const granted = takenForGranted
    .trim()
    .split('\n')
    .filter((line) => {
      const name = String(/(?:class|const|function|interface) (\w+)/.exec(line)?.[1]);
      return !declared.has(name) && !imported.has(name);
    });
  const head = [...prelude, ...granted, 'export {};'];
  if (!isMember) return { text: [...head, text].join('\n'), before: head.length };
  // A member of a class that the page does not show: `this.orders` is a repository, `this.outbox` an outbox.
  const fields = Object.entries(members).flatMap(([name, type]) =>
    text.includes(`this.${name}`) && !text.includes(`readonly ${name}:`) ? [`${name}!: ${type};`] : [],
  );
  const opening = ['export class Shown {', ...fields];
  return {
    text: [...head, ...opening, text, '}'].join('\n'),
    before: head.length + opening.length,
  };
}
