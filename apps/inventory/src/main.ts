import 'reflect-metadata';
import { runService } from '@semel/service';
import { environment } from './config.js';
import { inventoryService } from './inventory-service.js';

await runService({ name: 'inventory', environment, service: inventoryService });
