import { serviceVariables, variable } from '@semel/service';
import { z } from 'zod';

/** What the console reads of its environment: the services it stands before, and the tokens that it holds for the page. */
export const ConsoleEnvironment = z.object({
  ...serviceVariables(3000),
  ORDER_URL: variable(serviceUrl(), { cure: 'the URL of Order, such as http://127.0.0.1:3001' }),
  INVENTORY_URL: variable(serviceUrl(), { cure: 'the URL of Inventory, such as http://127.0.0.1:3002' }),
  CONSOLE_CUSTOMER_TOKEN: variable(bearerToken(), {
    cure: 'an access token of the customer who orders on the page (npm run -s token -- --sub alice)',
    secret: true,
  }),
  CONSOLE_OPERATOR_TOKEN: variable(bearerToken(), {
    cure: 'an access token with the role operator (npm run -s token -- --sub operator --role operator)',
    secret: true,
  }),
  DEMO_CONTROL_URL: variable(serviceUrl().optional(), {
    cure: 'the URL of the control of a stack that npm start has started, which sets it itself',
  }),
  DEMO_CONTROL_SECRET: variable(bearerToken().optional(), {
    cure: 'the secret of that control',
    secret: true,
  }),
  CONSOLE_HOSTS: variable(
    z
      .string()
      .regex(/^[^\s,:/]+(,[^\s,:/]+)*$/)
      .transform((list) => list.toLowerCase().split(','))
      .optional(),
    {
      cure: 'a comma-separated list of host names, besides localhost, by which browsers reach the console: console.example',
    },
  ),
});
export type ConsoleEnvironment = z.output<typeof ConsoleEnvironment>;

function serviceUrl() {
  return z
    .string()
    .refine((text) => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol))
    .transform((text) => new URL(text));
}

/** RFC 6750, section 2.1. */
function bearerToken() {
  return z.string().regex(/^[A-Za-z0-9\-._~+/]+=*$/);
}
