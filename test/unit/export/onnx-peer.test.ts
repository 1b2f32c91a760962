/** The exported file outside this project: python's onnx checker and a bare onnxruntime. Skipped where there is no such python. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { onnxExporter } from '../../../src/export/onnx.js';
import { exportRequest } from '../../../src/testing/exporter.js';
import { temporaryFolder } from './folder.js';
import { MIXED, subject, WITH_CONSTANTS } from './subject.js';

const run = promisify(execFile);
const PYTHON = process.env.NASCENT_PEER_PYTHON ?? 'python3';
const SCRIPT = fileURLToPath(new URL('./check_onnx.py', import.meta.url));

const missing = await run(PYTHON, ['-c', 'import numpy, onnx, onnxruntime']).then(
  () => undefined,
  () => `${PYTHON} has no numpy, onnx and onnxruntime; name one that has in NASCENT_PEER_PYTHON`,
);

describe(`python's onnx and onnxruntime${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  for (const architecture of [MIXED, ...WITH_CONSTANTS]) {
    it.skipIf(missing !== undefined)(`take the file and predict the same: ${architecture}`, async () => {
      const folder = await temporaryFolder();
      const [model, images] = [join(folder, 'model.onnx'), join(folder, 'images.bin')];
      const request = await exportRequest(subject, architecture, 16);
      await onnxExporter.write(request, model);
      await writeFile(images, new Uint8Array(request.checkImages.buffer));
      const { stdout, stderr } = await run(PYTHON, [SCRIPT, model, images, '3,8,8']);
      // Bare onnxruntime warns of what it would rather not find in a file.
      expect(stderr).toBe('');
      const batches = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as number[][]).flat());
      expect(batches.map((logits) => logits.length)).toEqual([10, 70, 160]);
      for (const logits of batches) {
        const differences = logits.map((logit, i) => Math.abs(logit - request.predictions.logits[i]));
        expect(Math.max(...differences)).toBeLessThan(1e-4);
      }
    });
  }
});
