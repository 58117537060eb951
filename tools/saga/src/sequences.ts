/** Every sequence of up to `longest` of these, the empty one included. */
export function sequencesOf<Event>(alphabet: readonly Event[], longest: number): Event[][] {
  let last: Event[][] = [[]];
  const all = [...last];
  for (let length = 1; length <= longest; length += 1) {
    last = last.flatMap((sequence) => alphabet.map((event) => [...sequence, event]));
    all.push(...last);
  }
  return all;
}

/**
 * Every way to cut a sequence into batches. Only neighbours that go through the same door can be of one batch.
 * @param doorOf a door: what takes several of its events in one transaction
 */
export function cutsOf<Event extends string>(
  sequence: readonly Event[],
  doorOf: (event: Event) => string,
): Event[][][] {
  const [first, ...rest] = sequence;
  if (first === undefined) return [[]];
  let cuts: Event[][][] = [[[first]]];
  let before: Event = first;
  for (const event of rest) {
    const joins = doorOf(before) === doorOf(event);
    cuts = cuts.flatMap((batches) => [
      [...batches, [event]],
      ...(joins ? [[...batches.slice(0, -1), [...(batches.at(-1) ?? []), event]]] : []),
    ]);
    before = event;
  }
  return cuts;
}

/** Each event a batch of its own, and as few batches as there can be: the two ends of `cutsOf`. */
export function outerCutsOf<Event extends string>(
  sequence: readonly Event[],
  doorOf: (event: Event) => string,
): Event[][][] {
  const cuts = cutsOf(sequence, doorOf).sort((one, other) => one.length - other.length);
  return cuts.length < 2 ? cuts : cuts.filter((_, index) => index === 0 || index === cuts.length - 1);
}
