import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError */
export function entryId(text: string): string {
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) {
    throw new InvalidArgumentError('An id looks like 0f9c1e52-6a53-8d0e-9f3b-2c1d4e5f6a7b: list tells it.');
  }
  return text.toLowerCase();
}
