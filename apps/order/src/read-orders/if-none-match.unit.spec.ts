import { hasVersion } from './if-none-match.js';

it.each([
  ['"2"', true],
  ['W/"2"', true],
  ['"1", "2"', true],
  ['*', true],
  [' * ', true],
  ['"1"', false],
  ['"22"', false],
  ['2', false],
  ['', false],
  ['"1","W/2"', false],
  [undefined, false],
])('knows whether %s names the version "2"', (header, expected) => {
  expect(hasVersion(header, '"2"')).toBe(expected);
});
