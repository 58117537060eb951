import {
  ConflictException,
  HttpException,
  InternalServerErrorException,
  PayloadTooLargeException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { problemCatalogue } from '@semel/contracts';
import type { Service } from '../create-service.js';
import { errors, startSmallShop } from '../testing/small-shop.spec.js';
import { Problem } from './problem.js';
import { renderProblem } from './render-problem.js';

let service: Service;
let url: string;
let lines: Record<string, unknown>[];
beforeAll(async () => {
  ({ service, url, lines } = await startSmallShop());
});
afterAll(() => service.stop());

const failWith = async (error: unknown) => {
  errors.now = () => error;
  const response = await fetch(`${url}/errors/now?secret=1`);
  return { response, problem: (await response.json()) as Record<string, unknown> };
};
const coded = (code: string, more: object = {}) =>
  Object.assign(new Error('password=hunter2'), { code, ...more });

describe('an answer to an error', () => {
  it('carries the code, the extra members and the headers of a problem', async () => {
    const { response, problem } = await failWith(
      new Problem('operation-in-flight', 'Still running.', {
        members: { idempotencyStatus: 'Received' },
        headers: { 'retry-after': '2' },
      }),
    );
    expect(response.headers.get('retry-after')).toBe('2');
    expect(problem).toEqual({
      type: '/problems/operation-in-flight',
      title: problemCatalogue['operation-in-flight'].title,
      status: 409,
      detail: 'Still running.',
      instance: '/errors/now',
      code: 'operation-in-flight',
      idempotencyStatus: 'Received',
    });
  });
  it('keeps the members of any HttpException whose response has a code', async () => {
    const thrown = new HttpException(
      { code: 'made-up', title: 'T', detail: 'D', status: 409, extra: [1] },
      409,
    );
    const { problem } = await failWith(thrown);
    expect(problem).toEqual({
      type: '/problems/made-up',
      title: 'T',
      status: 409,
      detail: 'D',
      instance: '/errors/now',
      code: 'made-up',
      extra: [1],
    });
  });
  it.each([
    [new PayloadTooLargeException(), 413, 'payload-too-large'],
    [new ConflictException('Taken'), 409, 'bad-request'],
    [new ServiceUnavailableException('Later'), 503, 'service-unavailable'],
    [new InternalServerErrorException('password=hunter2'), 500, 'internal-error'],
    [new Error('password=hunter2'), 500, 'internal-error'],
    ['password=hunter2', 500, 'internal-error'],
    [undefined, 500, 'internal-error'],
    [coded('23505'), 500, 'internal-error'],
    [coded('ECONNREFUSED'), 503, 'service-unavailable'],
    [coded('57P01'), 503, 'service-unavailable'],
    [coded('08006'), 503, 'service-unavailable'],
    [coded('53300'), 503, 'service-unavailable'],
    [coded('40P01'), 503, 'service-unavailable'],
    [
      Object.assign(new Error('QueryFailedError'), { driverError: coded('57P03') }),
      503,
      'service-unavailable',
    ],
    [
      new Error('outer', { cause: new AggregateError([coded('ECONNREFUSED')], 'all') }),
      503,
      'service-unavailable',
    ],
    [new Error('Connection terminated unexpectedly'), 503, 'service-unavailable'],
    [new Error('timeout exceeded when trying to connect'), 503, 'service-unavailable'],
  ])('like %p is %i %s and tells no secret', async (error, status, code) => {
    const { response, problem } = await failWith(error);
    expect([response.status, problem.code, problem.status]).toEqual([status, code, status]);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    if (status === 503) expect(response.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
  it('of 5xx names the trace that the log has the cause under', async () => {
    const { problem } = await failWith(new Error('the cause'));
    const logged = lines.filter(
      ({ traceId, msg }) => traceId === problem.traceId && msg === 'request failed',
    );
    expect(logged).toMatchObject([{ level: 'error', err: { message: 'the cause' } }]);
  });
  it('has the same bytes whenever it is rendered', () => {
    const render = () =>
      renderProblem(new Problem('unknown-product', 'No tea.', { members: { sku: 'tea' } }), {
        url: '/orders?x',
      });
    expect(render().body.equals(render().body)).toBe(true);
    expect(JSON.parse(render().body.toString())).toMatchObject({
      instance: '/orders',
      sku: 'tea',
      status: 422,
    });
  });
});

describe('the pages of problems', () => {
  it('explain each code of the catalogue, as HTML and as JSON', async () => {
    for (const [code, kind] of Object.entries(problemCatalogue)) {
      const page = await fetch(`${url}/problems/${code}`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const html = await page.text();
      expect(html).toContain(`<h1>${kind.title}</h1>`);
      expect(html).toContain('What to do');
      const json = await fetch(`${url}/problems/${code}`, { headers: { accept: 'application/json' } });
      expect(await json.json()).toMatchObject({ code, type: `/problems/${code}`, ...kind });
    }
  });
  it('are listed', async () => {
    const html = await (await fetch(`${url}/problems`)).text();
    for (const code of Object.keys(problemCatalogue)) expect(html).toContain(`href="/problems/${code}"`);
  });
  it.each([['nothing'], ['__proto__'], ['constructor'], ['%3Cscript%3E']])(
    'answer 404 to %s',
    async (code) => {
      const response = await fetch(`${url}/problems/${code}`);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );
});

it('sends headers that keep browsers from guessing', async () => {
  for (const path of ['/trace', '/nothing', '/orders/%zz']) {
    const { headers } = await fetch(`${url}${path}`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});
