import { PlatformError } from '@semel/platform';
import { firstWay } from './three-ways.js';

const lacks = (code: string, message: string) => () => Promise.reject(new PlatformError(message, { code }));
const noEngine = lacks('no-engine', 'no Docker engine with compose answers');
const noJava = lacks('java-missing', 'Apache Kafka needs Java 17 or later, and there is none on the PATH.');
const ways = { what: 'Apache Kafka', variables: 'KAFKA_BROKERS', say: () => {} };

it('takes the embedded one where it can be had, and does not look for Docker', async () => {
  const compose = jest.fn(noEngine);
  expect(await firstWay({ ...ways, embedded: async () => 'embedded', compose })).toBe('embedded');
  expect(compose).not.toHaveBeenCalled();
});

it('goes on to docker compose where the machine lacks something, and says why', async () => {
  const say = jest.fn();
  expect(await firstWay({ ...ways, say, embedded: noJava, compose: async () => 'compose' })).toBe('compose');
  expect(say).toHaveBeenCalledWith(
    'Apache Kafka comes from docker compose: Apache Kafka needs Java 17 or later, and there is none on the PATH.',
  );
});

it('names the three ways in one sentence where none is open', async () => {
  await expect(firstWay({ ...ways, embedded: noJava, compose: noEngine })).rejects.toThrow(
    'Apache Kafka can be had in none of the three ways: set KAFKA_BROKERS; or mend the embedded one ' +
      '(Apache Kafka needs Java 17 or later, and there is none on the PATH); or start Docker (no Docker engine with compose answers).',
  );
});

it('does not pass over a failure that is none of the machine lacking something', async () => {
  const compose = jest.fn(noEngine);
  await expect(
    firstWay({ ...ways, embedded: lacks('disk-full', 'The disk is full.'), compose }),
  ).rejects.toThrow('The disk is full.');
  expect(compose).not.toHaveBeenCalled();
});
