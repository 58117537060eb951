// Executes one operation and kills itself, for real, at the point that it is told. Runs the built package.
import { pathToFileURL } from 'node:url';
import { DataSource } from 'typeorm';

const [packageEntry, url, point] = process.argv.slice(2);
const { Engine, engineConnectionOptions, TypeOrmConnections } = await import(
  pathToFileURL(packageEntry).href
);
const source = await new DataSource({
  type: 'postgres',
  url,
  installExtensions: false,
  extra: engineConnectionOptions(),
}).initialize();

const dieAt = async (here) => {
  if (here !== point) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
};

await new Engine(new TypeOrmConnections(source)).execute(
  [{ scope: 'caller:alice', key: 'k', fingerprint: '1:a', input: 'k' }],
  async (_, transaction) => {
    await dieAt('after the claim');
    await transaction.query({ text: "INSERT INTO effect (name) VALUES ('k')" });
    await dieAt('after the effect');
    return [{ status: 201, body: Buffer.from('k') }];
  },
  () => void dieAt('after the commit, before the answer'),
);
