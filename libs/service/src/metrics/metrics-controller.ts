import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { metricsRegistry } from './metrics-registry.js';

@Controller('metrics')
@ApiTags('operations')
@Public()
export class MetricsController {
  @Get()
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus', security: [] })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(metricsRegistry.contentType);
    return metricsRegistry.metrics();
  }
}
