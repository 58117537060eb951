import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** Serves `/openapi.json` (OpenAPI 3.1) and `/docs`, whose files all come from this process. */
export function serveOpenApi(app: NestFastifyApplication, options: OpenApiOptions): void {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(options.title)
    .setDescription(options.description)
    .setVersion(options.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'accessToken')
    .addSecurityRequirements('accessToken')
    .build();
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= SwaggerModule.createDocument(app, base)), {
    jsonDocumentUrl: '/openapi.json',
    raw: ['json'],
    customSiteTitle: options.title,
    swaggerOptions: { validatorUrl: null, persistAuthorization: true },
  });
}
