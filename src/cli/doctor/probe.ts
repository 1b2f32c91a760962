/** Proves that an engine computes: one matrix product. That a package can be imported proves nothing. */
import { messageOf } from '../../base/errors.js';
import type { KernelBackend } from '../../contracts/kernel-backend.js';
import { programBuilder } from '../../kernels/program.js';

export interface Probe {
  readonly ok: boolean;
  readonly version?: string;
  /** Milliseconds from compiling to the result. */
  readonly milliseconds?: number;
  /** Why it does not work. */
  readonly reason?: string;
}

export async function probeEngine(load: () => Promise<KernelBackend>): Promise<Probe> {
  let version: string | undefined;
  try {
    const engine = await load();
    version = engine.version;
    const began = performance.now();
    const product = await squareOfMatrix(engine);
    if (product.join() !== '7,10,15,22')
      return { ok: false, version, reason: `a matrix product came out as ${product}` };
    return { ok: true, version, milliseconds: Math.round(performance.now() - began) };
  } catch (thrown) {
    return { ok: false, version, reason: messageOf(thrown).split('\n')[0] };
  }
}

/** [[1, 2], [3, 4]] squared. */
async function squareOfMatrix(engine: KernelBackend): Promise<number[]> {
  const builder = programBuilder();
  const matrix = builder.input('matrix', [2, 2]);
  const program = builder.finish({
    square: builder.op('matmul', [matrix, matrix], { transposeA: false, transposeB: false }),
  });
  const executable = await engine.compile(program);
  const input = engine.upload({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  const { square } = await executable.run({ matrix: input });
  const { data } = await engine.download(square);
  await executable.release();
  return [...data];
}
