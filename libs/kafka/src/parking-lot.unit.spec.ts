import type { IHeaders } from 'kafkajs';
import { type Parking, parkedMessage } from './parking-lot.js';

function parking(headers: IHeaders, error = new Error('why')): Parking {
  return {
    topic: 'purchases',
    partition: 4,
    reason: 'malformed',
    error,
    sent: {
      key: Buffer.from([0xff]),
      value: Buffer.from('{oops'),
      headers,
      timestamp: '0',
      attributes: 0,
      offset: '12',
    },
  };
}

describe('a parked message', () => {
  it('carries key and value as they were, and says why and from where', () => {
    const message = parkedMessage(parking({ ce_type: Buffer.from('t') }));
    expect(message.key).toEqual(Buffer.from([0xff]));
    expect(message.value).toEqual(Buffer.from('{oops'));
    expect({ ...message.headers }).toEqual({
      ce_type: [Buffer.from('t')],
      'semel-reason': 'malformed',
      'semel-error': 'why',
      'semel-topic': 'purchases',
      'semel-partition': '4',
      'semel-offset': '12',
    });
  });

  it('keeps the error on one bounded line', () => {
    const text = `first\r\nsecond\tthird\u2028${'😀'.repeat(600)}`;
    const error = String(parkedMessage(parking({}, new Error(text))).headers?.['semel-error']);
    expect(error.startsWith('first second third 😀')).toBe(true);
    expect(Array.from(error)).toHaveLength(500);
    expect(error.endsWith('😀…')).toBe(true);
  });

  it('forgets the reasons of an earlier parking', () => {
    const message = parkedMessage(
      parking({ 'semel-reason': Buffer.from('old'), 'semel-offset': Buffer.from('1') }),
    );
    expect(message.headers).toMatchObject({ 'semel-reason': 'malformed', 'semel-offset': '12' });
  });

  it('repeats a header that was sent twice, and one that has the name of an inherited property', () => {
    const inherited: unknown = Reflect.get({}, 'constructor');
    const headers: IHeaders = { twice: [Buffer.from('a'), Buffer.from('b')] };
    Reflect.set(headers, 'constructor', [inherited, Buffer.from('c')]);
    const message = parkedMessage(parking(headers));
    expect(message.headers?.twice).toEqual([Buffer.from('a'), Buffer.from('b')]);
    expect(Object.entries(message.headers ?? {})).toContainEqual(['constructor', [Buffer.from('c')]]);
  });
});
