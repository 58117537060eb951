import 'reflect-metadata';
import { runService } from '@semel/service';
import { environment } from './config.js';
import { orderService } from './order-service.js';

await runService({ name: 'order', environment, service: orderService });
