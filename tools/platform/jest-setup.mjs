import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);

/** Starts the servers that the selected specs need; jest's workers hear of them by the environment. */
export default async function globalSetup(globalConfig, projectConfig) {
  const { needsOf } = await import('./src/testing/selected-specs.ts');
  const { startRunServers } = await import('./src/testing/run-servers.ts');
  const needs = await needsOf(projectConfig.roots, globalConfig.testPathPatterns?.patterns ?? []);
  if (!needs.postgres) return;
  globalThis.semelTestServers = await startRunServers(projectConfig.rootDir, needs);
}
