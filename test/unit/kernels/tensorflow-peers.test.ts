/** Finding and loading TensorFlow: every way in which a peer can fail ends in one sentence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { loadTensorflow } from '../../../src/kernels/tensorflow/load.js';
import { installedPeers, PEER_FOLDER_VARIABLE } from '../../../src/kernels/tensorflow/peers.js';
import { chooseEngine } from '../../../src/search/engine.js';

const folders: string[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own with packages of these names, each with this code; it is where TensorFlow is looked for. */
function folderOf(packages: Readonly<Record<string, string>>): void {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-peers-'));
  folders.push(folder);
  for (const [name, code] of Object.entries(packages)) {
    const home = join(folder, 'node_modules', name);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
    writeFileSync(join(home, 'index.js'), code);
  }
  vi.stubEnv(PEER_FOLDER_VARIABLE, folder);
}

const refusal = () =>
  loadTensorflow().then(
    () => expect.unreachable('it loaded'),
    ({ code, message }) => `${code}: ${message}`,
  );

/** As much of TensorFlow.js as the probe uses, with a product that comes out as `product`. */
const library = (product: string) => `
  module.exports = {
    setBackend: async () => true, tidy: (act) => act(), tensor2d: () => ({}), backend: () => ({}),
    matMul: () => ({ dataSync: () => ${product} }),
  };`;

test('none installed: says what to install, in less than 300 ms', async () => {
  folderOf({});
  expect(installedPeers()).toEqual([]);
  const started = performance.now();
  expect(await refusal()).toBe(
    'engine: Expected @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node to be installed, got neither. Run "npm install @tensorflow/tfjs-node-gpu", or without an NVIDIA GPU "npm install @tensorflow/tfjs-node".',
  );
  expect(performance.now() - started).toBeLessThan(300);
});

test('auto takes onnxruntime where none is installed, or none works, and has nothing to say', async () => {
  folderOf({});
  expect(await chooseEngine('auto')).toMatchObject({ name: 'onnxruntime', engine: { name: 'onnxruntime' } });
  folderOf({ '@tensorflow/tfjs-node': 'throw new Error("broken");' });
  const { name, choice } = await chooseEngine('auto');
  expect({ name, choice }).toEqual({ name: 'onnxruntime', choice: undefined });
  await expect(chooseEngine('tensorflow')).rejects.toMatchObject({ code: 'engine' });
  await expect(chooseEngine('tensorflw')).rejects.toThrow('tensorflow');
});

test('an addon that was not built: its first line', async () => {
  folderOf({ '@tensorflow/tfjs-node': 'throw new Error("The addon can not be found. \\nPlease run this and that.");' });
  expect(await refusal()).toBe(
    'engine: Expected TensorFlow to compute, but @tensorflow/tfjs-node 4.22.0 does not load: The addon can not be found.',
  );
});

test('ops that throw, and ops that compute something else', async () => {
  folderOf({
    '@tensorflow/tfjs-node-gpu': library('{ throw new Error("no kernel for the device"); }'),
    '@tensorflow/tfjs-node': library('[0, 0, 0, 0]'),
  });
  expect(await refusal()).toBe(
    'engine: Expected TensorFlow to compute, but @tensorflow/tfjs-node-gpu 4.22.0 does not compute: no kernel for the device, and @tensorflow/tfjs-node 4.22.0 computes [[1, 2], [3, 4]] squared as 0,0,0,0.',
  );
});

test('the second is taken where the first is broken', async () => {
  folderOf({
    '@tensorflow/tfjs-node-gpu': 'throw new Error("no CUDA");',
    '@tensorflow/tfjs-node': library('[7, 10, 15, 22]'),
  });
  expect(await loadTensorflow()).toMatchObject({ matMul: expect.any(Function) });
});

test('functions of `util` that Node 23 took away are there when a peer loads', async () => {
  folderOf({
    '@tensorflow/tfjs-node': `
      const { isArray, isNullOrUndefined } = require('node:util');
      if (!isArray([]) || !isNullOrUndefined(null) || isNullOrUndefined(0)) throw new Error('no util');
      ${library('[7, 10, 15, 22]')}`,
  });
  expect(await loadTensorflow()).toBeDefined();
});
