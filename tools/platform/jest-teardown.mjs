export default async function globalTeardown() {
  await globalThis.semelTestServers?.stop();
}
