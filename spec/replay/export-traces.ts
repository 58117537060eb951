import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuint } from '../run-quint.js';
import { type ModelStep, readTrace } from './model-trace.js';

const model = fileURLToPath(new URL('../models/engine.qnt', import.meta.url));

/** Traces of the sound engine that a real database can be led through: for one seed the same ones every time. */
export async function exportTraces(traces: number, steps: number, seed: string): Promise<ModelStep[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'semel-traces-'));
  try {
    const said = await runQuint([
      model,
      '--main=engine_sound',
      '--step=replayable',
      '--mbt',
      `--max-samples=${traces}`,
      `--n-traces=${traces}`,
      `--max-steps=${steps}`,
      `--seed=${seed}`,
      `--out-itf=${join(folder, '{seq}.json')}`,
    ]);
    const files = (await readdir(folder)).sort();
    if (files.length !== traces) throw new Error(`${files.length} traces instead of ${traces}:\n${said}`);
    return await Promise.all(
      files.map(async (file) => readTrace(await readFile(join(folder, file), 'utf8'))),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
