/** TensorFlow.js as this engine sees it: types only, so that the engine compiles and loads where the package is absent. */
import type * as TensorflowJs from '@tensorflow/tfjs-core';

/** `@tensorflow/tfjs-core`, or a package that exports the same and registers a backend: tfjs-node, tfjs-node-gpu. */
export type Library = typeof TensorflowJs;

/** A tensor of TensorFlow.js: immutable, its memory counted by hand. */
export type Handle = TensorflowJs.Tensor;
export type Vector = TensorflowJs.Tensor1D;
/** Images or filters. */
export type Image = TensorflowJs.Tensor4D;

/** A kernel of TensorFlow.js by its name, for what its functions do not reach: gradients of convolutions, say. */
export function runKernel(
  tf: Library,
  name: string,
  operands: Readonly<Record<string, Handle>>,
  attributes: Readonly<Record<string, unknown>>,
): Handle {
  // The type of attributes asks for writable ones; kernels only read them.
  return tf.engine().runKernel(name, { ...operands }, attributes as TensorflowJs.NamedAttrMap);
}

type OpAttribute = { readonly name: string; readonly type: number; readonly value: unknown };

/** What tfjs-node's backend offers beside the kernels of TensorFlow.js: any op of TensorFlow by its name. */
interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_FLOAT' | 'TF_INT32', number>> & {
    readonly TF_Version: string;
  };
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly Handle[]): Handle;
}

/** The backend of tfjs-node; undefined on others. */
export function nodeBackend(tf: Library): NodeBackend | undefined {
  const backend = tf.backend() as unknown as Partial<NodeBackend>;
  return backend.binding?.TF_Version === undefined ? undefined : (backend as NodeBackend);
}

/** TensorFlow's own ReluGrad, which TensorFlow.js has no function for; undefined where only TensorFlow.js computes. */
export function nativeReluGradient(tf: Library): ((x: Handle, dy: Handle) => Handle) | undefined {
  const backend = nodeBackend(tf);
  if (backend === undefined) return undefined;
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
  return (x, dy) => backend.executeSingleOutput('ReluGrad', attributes, [dy, x]);
}

/** √Σx² over the axes given, in one pass; undefined as above. */
export function nativeNorm(tf: Library): ((x: Handle, axes: Handle) => Handle) | undefined {
  const backend = nodeBackend(tf);
  if (backend === undefined) return undefined;
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'keep_dims', type: TF_ATTR_BOOL, value: false },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'Tidx', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  return (x, axes) => backend.executeSingleOutput('EuclideanNorm', attributes, [x, axes]);
}
