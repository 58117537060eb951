/** For gauges that are collected at once and come from one statement: they share a reading, which is nothing while it fails. */
export function oneReading<Numbers>(read: () => Promise<Numbers>): () => Promise<Numbers | undefined> {
  let reading: Promise<Numbers | undefined> | undefined;
  return () => {
    reading ??= read()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
}
