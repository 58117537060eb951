// A service as a process of its own; run by run-service.unit.spec.ts with typescript-loader.mjs.
import 'reflect-metadata';
import { z } from 'zod';
import { serviceVariables } from '../config/variables.js';
import { runService } from '../run-service.js';
import { SmallShop, slow } from './small-shop.spec.js';

slow.on('arrived', () => process.stdout.write('slow request arrived\n'));
process.on('message', (message) => {
  if (message === 'release') slow.emit('release');
  if (message === 'reject') void Promise.reject(new Error('nobody caught me'));
});

await runService({
  name: 'shop',
  environment: z.object(serviceVariables(0)),
  service: () => ({
    module: SmallShop,
    auth: 'none',
    checks: () => {
      if (process.env.BREAK_START) throw new Error('the relay has no table: run the migrations');
      return {};
    },
  }),
});
