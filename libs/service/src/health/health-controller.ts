import { Controller, Get, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { Readiness } from './readiness.js';

@Controller('health')
@ApiTags('operations')
@Public()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  /** Whether the process works at all; no dependency is asked, because a restart would not mend one. */
  @Get('live')
  @ApiOperation({ summary: 'Is the process alive', security: [] })
  @ApiOkResponse({ description: 'It is.' })
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Can it serve: are its dependencies reachable, and is it not shutting down',
    security: [],
  })
  @ApiOkResponse({ description: 'It can.' })
  @ApiServiceUnavailableResponse({ description: 'It cannot; details tells which check fails.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    try {
      return await this.health.check(this.readiness.indicatorFunctions());
    } catch (error) {
      // Terminus's report, which probes know, instead of a problem document.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(503);
      return error.getResponse();
    }
  }
}
