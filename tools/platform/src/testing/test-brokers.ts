export const brokersVariable = 'SEMEL_TEST_KAFKA_BROKERS';

/** The brokers of the run's Kafka, as `host:port`. */
export function testBrokers(): string[] {
  const brokers = process.env[brokersVariable];
  if (brokers === undefined || brokers === '') {
    throw new Error(
      'No Kafka was started for this run: a spec that needs one is named *.int.spec.ts or *.e2e.spec.ts and calls testBrokers() itself ' +
        'or in a file that it imports by a relative path.',
    );
  }
  return brokers.split(',');
}
