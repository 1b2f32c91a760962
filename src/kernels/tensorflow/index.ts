/** The engine of TensorFlow.js: a program becomes a plan of its calls, run on the backend that the library has chosen. */
import type { KernelBackend } from '../../contracts/kernel-backend.js';
import { type TensorflowBuffer, uploadTensor } from './buffers.js';
import { compileTensorflow } from './executable.js';
import { type Library, nodeBackend } from './library.js';
import { loadTensorflow } from './load.js';

/**
 * The engine on an optional peer of nascent: `@tensorflow/tfjs-node-gpu`, else `@tensorflow/tfjs-node`.
 * @throws NascentError `engine` where neither is there and computes
 */
export async function tensorflowBackend(): Promise<KernelBackend> {
  return tensorflowOn(await loadTensorflow());
}

/** The engine on a library that is loaded, with the backend that it uses: what the package's own kernels can be tested with. */
export function tensorflowOn(tf: Library): KernelBackend {
  return {
    name: 'tensorflow',
    version: versionOf(tf),
    compile: async (program, options = {}) => compileTensorflow(tf, program, options),
    upload: (tensor) => uploadTensor(tf, tensor),
    download: (buffer) => (buffer as TensorflowBuffer).read(),
  };
}

/** Of TensorFlow.js, and of what computes behind it. */
function versionOf(tf: Library): string {
  const backend = nodeBackend(tf);
  if (backend === undefined) return `${tf.version_core} ${tf.getBackend()}`;
  const device = backend.isUsingGpuDevice ? 'GPU' : 'CPU';
  return `${tf.version_core} TensorFlow ${backend.binding.TF_Version} ${device}`;
}
