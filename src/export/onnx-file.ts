/** Runs an ONNX file as its users do: onnxruntime, given nothing but the path. */
import type * as Ort from 'onnxruntime-node';
import { messageOf, NascentError } from '../base/errors.js';
import type { Shape } from '../contracts/program.js';
import { INPUT, OUTPUT } from './onnx-names.js';

/**
 * The file's logits of a batch.
 * @throws NascentError of code 'engine' where onnxruntime does not load or refuses the file
 */
export async function logitsOfFile(file: string, images: Float32Array, shape: Shape): Promise<Float32Array> {
  try {
    const ort = await import('onnxruntime-node');
    // Errors arrive as exceptions; the runtime need not print them too.
    const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
    try {
      return await run(ort, session, images, shape);
    } finally {
      await session.release();
    }
  } catch (cause) {
    const message = messageOf(cause).replaceAll(/\s+/g, ' ');
    throw new NascentError('engine', `Expected onnxruntime to run the exported file, got: ${message}`, { cause });
  }
}

async function run(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  images: Float32Array,
  shape: Shape,
): Promise<Float32Array> {
  const { [OUTPUT]: logits } = await session.run(
    { [INPUT]: new ort.Tensor('float32', images, [...shape]) },
    { logSeverityLevel: 4 },
  );
  return (await logits.getData()) as Float32Array;
}
