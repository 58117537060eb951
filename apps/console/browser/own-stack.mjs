import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const prefix = 'browser-stack-';
const anHour = 3_600_000;

/** What a run that was killed has left; no run takes that long. */
function removeForgotten(homes) {
  for (const name of readdirSync(homes).filter((each) => each.startsWith(prefix))) {
    const home = join(homes, name);
    if (Date.now() - statSync(home).mtimeMs > anHour) rmSync(home, { recursive: true, force: true });
  }
}

/**
 * Starts a stack that nobody else knows of: with data of its own and on free ports, beside one that may run.
 * @returns its variables, as `stack -- env` prints them, and how to end it
 */
export async function startOwnStack(root) {
  const homes = join(root, '.semel');
  mkdirSync(homes, { recursive: true });
  removeForgotten(homes);
  const home = mkdtempSync(join(homes, prefix));
  const child = spawn(process.execPath, [join(root, 'tools/stack/start-built.mjs')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SEMEL_HOME: home,
      CONSOLE_PORT: '0',
      ORDER_PORT: '0',
      INVENTORY_PORT: '0',
      ORDER_DATABASE_URL: '',
      INVENTORY_DATABASE_URL: '',
      KAFKA_BROKERS: '',
    },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const said = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line !== 'Ready.') continue;
    child.stdout.resume();
    const { environment } = JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8'));
    return { variables: { ...environment, SEMEL_HOME: home }, stop };
  }
  await stop();
  throw new Error(`the stack did not start:\n${said.slice(-10).join('\n')}`);
}
