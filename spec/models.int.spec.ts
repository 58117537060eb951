import { models } from './models.js';
import { simulate } from './simulate.js';

jest.setTimeout(240_000);

// Of a mutation as many traces as it takes to meet the bug; a sound model would go through all of them.
const mutatedTraces = 2_000;

describe.each(models)('the model of the $name', (model) => {
  const { name, invariants, witnesses, steps, traces } = model;

  it('keeps every invariant in every trace, and its traces reach what they are to be tried by', async () => {
    const { violated, witnessed, output } = await simulate({
      model: name,
      variant: 'sound',
      invariants,
      witnesses,
      steps,
      traces,
    });
    if (violated.length > 0) throw new Error(output);
    for (const witness of witnesses)
      expect([witness, witnessed.get(witness)]).toEqual([witness, expect.any(Number)]);
    for (const witness of witnesses) expect(witnessed.get(witness)).toBeGreaterThan(0);
  });

  for (const [variant, { violates, seed }] of Object.entries(model.mutations)) {
    it(`${variant} violates ${violates}`, async () => {
      const { violated } = await simulate({
        model: name,
        variant,
        invariants: [violates],
        steps,
        traces: mutatedTraces,
        seed,
      });
      expect(violated).toEqual([violates]);
    });
  }

  for (const variant of model.stillSound ?? []) {
    it(`${variant} alone violates nothing: another line of defence holds`, async () => {
      const { violated } = await simulate({ model: name, variant, invariants, steps, traces: traces / 2 });
      expect(violated).toEqual([]);
    });
  }
});
