/** How many channels onnxruntime puts in a block on this machine: it depends on the processor, and only a look tells. */
import type * as Ort from 'onnxruntime-node';
import { blockProbeModel } from './model.js';

/** Channels and width of the probe's image: enough for every block size there is (4, 8 or 16). */
const CHANNELS = 32;
const WIDTH = 2;

/** The block size, or 1 where this onnxruntime or processor has no blocked layout. */
export async function probeBlockSize(ort: typeof Ort): Promise<number> {
  try {
    const session = await ort.InferenceSession.create(blockProbeModel([1, CHANNELS, 1, WIDTH]), {
      logSeverityLevel: 4,
    });
    const data = Float32Array.from({ length: CHANNELS * WIDTH }, (_, i) => i);
    const { blocked } = await session.run({ x: new ort.Tensor('float32', data, [1, CHANNELS, 1, WIDTH]) });
    await session.release();
    return blockLength(blocked.data as Float32Array);
  } catch {
    return 1;
  }
}

/** The first column's channels come first: the block ends where the second column begins. */
function blockLength(blocked: Float32Array): number {
  const length = blocked.indexOf(1);
  const regular = blocked.every((value, i) => {
    const block = Math.floor(i / (length * WIDTH));
    const within = i % (length * WIDTH);
    return value === (block * length + (within % length)) * WIDTH + Math.floor(within / length);
  });
  return length > 1 && regular ? length : 1;
}
