import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parse } from 'yaml';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

/** What GitHub's own parser has against a workflow. */
async function problems(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter());
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

const workflow = read('.github/workflows/ci.yml');

describe('.github/workflows/ci.yml', () => {
  it('is a workflow to GitHub', async () => {
    expect(await problems(workflow)).toEqual([]);
  });

  it('would be caught not being one', async () => {
    expect(await problems(workflow.replace('runs-on:', 'run-on:'))).not.toEqual([]);
  });

  it('tries every Node that package.json promises, and runs what a person runs', () => {
    const { jobs } = parse(workflow) as {
      jobs: {
        check: { strategy: { matrix: { node: string[] } }; steps: { run?: string }[] };
        containers: { steps: { run?: string }[] };
      };
    };
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(jobs.check.strategy.matrix.node).toEqual([engines.node.replace('>=', ''), '22', '24']);
    expect(jobs.check.steps.flatMap(({ run }) => run ?? [])).toContain('bash .ci/run');
    expect(jobs.containers.steps.flatMap(({ run }) => run ?? [])).toEqual(['npm run test:compose']);
  });
});
