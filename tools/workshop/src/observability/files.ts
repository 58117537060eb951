import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } }[];
  };
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** What Prometheus takes for a file of rules, as far as it is used here: strict, because Prometheus is. */
export const rulesSchema = {
  $id: 'rules',
  ...object({
    groups: {
      type: 'array',
      minItems: 1,
      items: object({
        name: { type: 'string' },
        rules: {
          type: 'array',
          minItems: 1,
          items: {
            ...object(
              {
                alert: { type: 'string', pattern: '^[A-Z][A-Za-z]+$' },
                expr: { type: 'string' },
                for: { type: 'string', pattern: '^\\d+(s|m|h)$' },
                labels: object({ severity: { enum: ['page', 'ticket'] } }),
                annotations: object({
                  summary: { type: 'string' },
                  runbook_url: { type: 'string', pattern: '^docs/operations/[a-z-]+\\.md#[a-z-]+$' },
                }),
              },
              ['for'],
            ),
          },
        },
      }),
    },
  }),
};

function object(properties: Record<string, unknown>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

export const yamlOf = (root: string, path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
