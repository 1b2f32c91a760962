/** Loading TensorFlow.js from a peer. An import that succeeds proves nothing: one matrix product decides. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import { messageOf, NascentError } from '../../base/errors.js';
import { type Library, nodeBackend } from './library.js';
import { installedPeers, PEER_NAMES, type Peer } from './peers.js';

/**
 * The first peer that computes.
 * @throws NascentError `engine`: one sentence that says what is wrong, and the command that tells more or mends it
 */
export async function loadTensorflow(): Promise<Library> {
  const peers = installedPeers();
  if (peers.length === 0) {
    throw new NascentError(
      'engine',
      `Expected ${PEER_NAMES.join(' or ')} to be installed, got neither. Run "npm install ${PEER_NAMES[0]}", or without an NVIDIA GPU "npm install ${PEER_NAMES[1]}".`,
    );
  }
  prepareProcess();
  const failures: string[] = [];
  for (const peer of peers) {
    try {
      return await loadPeer(peer);
    } catch (thrown) {
      failures.push(`${peer.name} ${peer.version} ${messageOf(thrown)}`);
    }
  }
  throw new NascentError('engine', `Expected TensorFlow to compute, but ${failures.join(', and ')}.`);
}

async function loadPeer({ folder }: Peer): Promise<Library> {
  const tf = attempt('does not load', () => createRequire(join(folder, 'package.json'))(folder) as Library);
  // Every copy of TensorFlow.js in a process shares one engine, which may be at another backend.
  if (!(await tf.setBackend('tensorflow'))) throw new Error('does not start its backend');
  const product = attempt('does not compute', () => squareOfMatrix(tf));
  if (product.join() !== '7,10,15,22') throw new Error(`computes [[1, 2], [3, 4]] squared as ${product.join()}`);
  nameAttributes(tf);
  return tf;
}

/** Failures of native code come with long advice; their first line says what happened. */
function attempt<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new Error(`${what}: ${messageOf(cause).split('\n')[0].trim().replace(/\.$/, '')}`, { cause });
  }
}

function squareOfMatrix(tf: Library): number[] {
  return tf.tidy(() => {
    const matrix = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    return [...tf.matMul(matrix, matrix).dataSync()];
  });
}

/**
 * What has to be so before TensorFlow is loaded. Its environment is read once for the whole process, so the thread that starts others loads it
 * first; what a person has set stays.
 */
function prepareProcess(): void {
  // tfjs-node 4.22 calls two functions that Node 23 took away.
  const older = util as unknown as Record<string, unknown>;
  older.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  older.isArray ??= Array.isArray;
  // A job computes with one thread, and several run side by side.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  // Memory of a GPU as it is needed, so that two processes can use one.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
}

/** Names of attributes that the kernels in use give to TensorFlow's ops. */
const ATTRIBUTE_NAMES = (
  'DstT Index N SrcT T TI Tidx Tindices Tlen Tmultiples Tpaddings Tperm Tshape Truncate adj_x adj_y axis begin_mask data_format ' +
  'dilations ellipsis_mask end_mask epsilon explicit_paddings is_training keep_dims ksize new_axis_mask num_split output_type padding ' +
  'shrink_axis_mask strides use_cudnn_on_gpu'
).split(' ');

/**
 * tfjs-node keeps the names of attributes in one set for all threads, without a lock, and only the first use of a name writes to it. An op
 * with all of them, refused for one of no type before it runs, makes them known before other threads compute.
 */
function nameAttributes(tf: Library): void {
  const backend = nodeBackend(tf);
  if (backend === undefined) return;
  const { TF_ATTR_BOOL } = backend.binding;
  const attributes = ATTRIBUTE_NAMES.map((name) => ({ name, type: TF_ATTR_BOOL, value: false }));
  try {
    tf.tidy(() =>
      backend.executeSingleOutput('Relu', [...attributes, { name: 'T', type: -1, value: 0 }], [tf.scalar(0)]),
    );
  } catch {
    // The refusal.
  }
}
