import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AccessTokens, type AuthOptions } from './auth/access-tokens.js';
import { AuthGuard } from './auth/auth-guard.js';
import { HealthController } from './health/health-controller.js';
import { Readiness } from './health/readiness.js';
import { BodyPipe } from './http/body-pipe.js';
import { RouteTable } from './http/route-table.js';
import { Drain } from './lifecycle/drain.js';
import type { Log } from './logs/log.js';
import { LOG } from './logs/log-token.js';
import { MetricsController } from './metrics/metrics-controller.js';
import { ProblemFilter } from './problems/problem-filter.js';
import { ProblemPages } from './problems/problem-pages.js';

export interface ServiceModuleOptions {
  readonly log: Log;
  readonly drain: Drain;
  readonly routes: RouteTable;
  readonly auth: AuthOptions | 'none';
}

@Module({})
class ServiceModule {}

/** The routes and rules that every service has. Its log, `Readiness` and `Drain` can be injected everywhere. */
export function serviceModule({ log, drain, routes, auth }: ServiceModuleOptions): DynamicModule {
  const guard =
    auth === 'none'
      ? []
      : [
          { provide: AccessTokens, useValue: new AccessTokens(auth) },
          { provide: APP_GUARD, useClass: AuthGuard },
        ];
  return {
    module: ServiceModule,
    global: true,
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController, MetricsController, ProblemPages],
    providers: [
      { provide: LOG, useValue: log },
      { provide: Drain, useValue: drain },
      { provide: RouteTable, useValue: routes },
      Readiness,
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: BodyPipe },
      ...guard,
    ],
    exports: [LOG, Drain, Readiness],
  };
}
