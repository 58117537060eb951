#!/usr/bin/env node
// The image's `topics`: the job that makes both services' topics, so that none is missing when they start.
import { PURCHASES, RESERVATIONS, TOPIC } from '../../libs/contracts/dist/index.js';
import { createTopics } from '../../libs/kafka/dist/index.js';
import { kafkaConnection, loadConfig, serviceEnvironment } from '../../libs/service/dist/index.js';

const kafka = kafkaConnection(loadConfig(serviceEnvironment(3001), process.env));
// Each is consumed by one of the services, and so has a parking lot.
const topics = [PURCHASES, RESERVATIONS].map((topic) => ({ topic, ...TOPIC }));
const created = await createTopics({ kafka: { ...kafka, clientId: 'topics' }, topics });
process.stdout.write(
  `topics: ${created.length === 0 ? 'none was missing' : `created ${created.join(', ')}`}\n`,
);
