import { randomBytes } from 'node:crypto';

/**
 * Canonical form of a JSON text after RFC 8785 (JCS): members sorted by UTF-16 code units, no white space. It departs
 * from JCS in one point: numbers are compared as the exact decimals that were sent, never as doubles. `1`, `1.0` and
 * `10e-1` are equal; 9007199254740993 and 9007199254740992 are not.
 *
 * @returns `undefined` where the text is no JSON or is nested more than {@link maxDepth} deep: compare the bytes then.
 */
export function canonicalJson(text: string): string | undefined {
  try {
    const exact = needsExactNumbers.test(text);
    return write(JSON.parse(exact ? markNumbers(text) : text), 0);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TooDeepError) return undefined;
    throw error;
  }
}

export const maxDepth = 200;

class TooDeepError extends Error {}

// JSON.parse is exact for up to 15 digits without fraction or exponent; anything else takes the slow way. A number stands
// behind the start, a bracket, a colon or a comma and before a comma, a bracket or the end, so that most strings which hold
// digits and dots (an instant, a UUID) don't look like one; one that does costs time, nothing else.
const needsExactNumbers =
  /(?:^|[[:,])[ \t\r\n]*(?:-0|-?[0-9]{16}|-?[0-9]+[.eE][0-9.eE+-]*[ \t\r\n]*(?:[\]},]|$))/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

// Unguessable, so that no client can write a string that reads as a number here. It never leaves the process.
const numberMark = `number:${randomBytes(16).toString('hex')}:`;

function markNumbers(text: string): string {
  return text.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : validNumber(token)));
}

function validNumber(token: string): string {
  JSON.parse(token);
  return `"${numberMark}${token}"`;
}

function write(value: unknown, depth: number): string {
  if (depth > maxDepth) throw new TooDeepError();
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? integer(value) : decimal(String(value));
  if (typeof value === 'string') {
    return value.startsWith(numberMark) ? decimal(value.slice(numberMark.length)) : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(byName);
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member, depth + 1)}`).join(',')}}`;
  }
  return String(value);
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : Number(left > right);
}

/** What `decimal` makes of it, of a whole number that came without fraction or exponent: nearly all there are. */
function integer(value: number): string {
  if (value === 0) return '0';
  let digits = value;
  let shift = 0;
  while (digits % 10 === 0) {
    digits /= 10;
    shift += 1;
  }
  return `${digits}e${shift}`;
}

/** The exact value of a JSON number as `<sign><digits>e<exponent>` without trailing zeros, so that equals are equal. */
function decimal(token: string): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,18}))?$/.exec(token);
  if (!match) throw new SyntaxError('Not a number that can be compared');
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const first = firstOther(digits, '0');
  if (first === digits.length) return '0';
  const end = endOfOther(digits, '0');
  const shift = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
  return `${sign}${digits.slice(first, end)}e${shift}`;
}

// By hand: /0+$/ takes quadratic time on a long run of zeros, and the client chooses the run.
function firstOther(text: string, skipped: string): number {
  let index = 0;
  while (index < text.length && text[index] === skipped) index++;
  return index;
}

function endOfOther(text: string, skipped: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === skipped) end--;
  return end;
}
