import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

try {
  const app = await NestFactory.create(AppModule, {
    rawBody: true,
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  // An orderly stop ends with 0, once what was running is finished.
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  await app.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
  process.stdout.write(`listening ${await app.getUrl()}\n`);
} catch (error) {
  process.stderr.write(`payment can't start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
