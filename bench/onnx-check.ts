/**
 * Every exported ONNX file of a ledger in a bare onnxruntime, outside this project: the predictions must be those recorded.
 *   npx tsx bench/onnx-check.ts --ledger nascent.sqlite [--run ID]
 * Needs a Python with onnxruntime: NASCENT_PEER_PYTHON (default python3).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkBatch } from '../src/data/batches.js';
import { loadData } from '../src/data/load.js';
import { openLedgerReader } from '../src/log/open.js';

const { values } = parseArgs({
  options: { ledger: { type: 'string', default: 'nascent.sqlite' }, run: { type: 'string' } },
});
const ledger = openLedgerReader(values.ledger);
for (const run of values.run === undefined ? ledger.runs() : [ledger.run(values.run)]) {
  const { data, testData, seed } = run.configuration;
  const batch = checkBatch(await loadData({ data, testData, seed }));
  const folder = mkdtempSync(join(tmpdir(), 'nascent-onnx-'));
  writeFileSync(
    join(folder, 'images.bin'),
    new Uint8Array(batch.images.buffer, batch.images.byteOffset, batch.images.byteLength),
  );
  for (const artifact of ledger.artifacts(run.id).filter(({ format }) => format === 'onnx')) {
    const predictions = ledger.predictions(run.id, artifact.evaluation)!;
    const classes = predictions.logits.length / predictions.labels.length;
    const logits = predictions.labels.map((_, i) => [...predictions.logits.slice(i * classes, (i + 1) * classes)]);
    writeFileSync(join(folder, 'predictions.json'), JSON.stringify({ labels: predictions.labels, logits }));
    const script = join(import.meta.dirname, 'peers/onnx_check.py');
    const options = [
      '--model',
      artifact.path,
      '--images',
      join(folder, 'images.bin'),
      '--predictions',
      join(folder, 'predictions.json'),
    ];
    const printed = execFileSync(process.env.NASCENT_PEER_PYTHON ?? 'python3', [script, ...options], {
      encoding: 'utf8',
    });
    console.log(JSON.stringify({ run: run.id, model: artifact.path, ...JSON.parse(printed) }));
  }
}
ledger.close();
