/** NASWOT by its definition: every unit of every ReLU, images compared pair by pair. */
import { EDGES, type Genotype } from '../../../search-spaces/nas-bench-201/genotype.js';
import { logAbsoluteDeterminant } from '../../../src/base/linear-algebra.js';
import { random } from '../../../src/base/random.js';
import type { Batch } from '../../../src/contracts/dataset.js';
import type { Network } from '../../../src/contracts/network.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { traceNetwork } from '../../../src/network/trace.js';
import { initialTensor } from '../../../src/network/weights.js';

/** What one use of a ReLU reads: [batch, units]; `layer` is its dotted path. */
export interface Use {
  readonly layer: string;
  readonly read: Float32Array | Int32Array;
}

/** What every ReLU of a network reads, with nothing folded or shared, on the reference engine. */
export async function usesOf(network: Network, { images, size }: Batch, seed: string): Promise<Use[]> {
  const builder = programBuilder({ fold: false, share: false });
  const traced = traceNetwork(network, { batch: size, mode: 'score', builder });
  const outputs = Object.fromEntries(traced.activations.map(({ input }, i) => [`use${i}`, input]));
  const engine = referenceBackend();
  const executable = await engine.compile(builder.finish(outputs));
  const tensors = [...traced.parameters, ...traced.statistics].map((spec) => {
    const tensor = { dtype: 'float32', shape: spec.shape, data: initialTensor(spec, random(seed)) } as const;
    return [spec.name, engine.upload(tensor)] as const;
  });
  const batch = engine.upload({ dtype: 'float32', shape: [size, ...network.inputShape], data: images });
  const results = await executable.run({ images: batch, ...Object.fromEntries(tensors) });
  return Promise.all(
    traced.activations.map(async ({ output }, i) => {
      const { definition } = builder.info(output);
      const label = definition.kind === 'op' ? definition.label : undefined;
      return { layer: label ?? '', read: (await engine.download(results[`use${i}`])).data };
    }),
  );
}

/** K_ij = number of units on which images i and j agree; log |det K|. */
export function bruteForce(uses: readonly Use[], size: number): number {
  const kernel = new Float64Array(size * size);
  for (const { read } of uses) {
    const units = read.length / size;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        for (let u = 0; u < units; u++) {
          if (read[i * units + u] > 0 === read[j * units + u] > 0) kernel[i * size + j]++;
        }
      }
    }
  }
  return logAbsoluteDeterminant(kernel, size);
}

/** Edges that read something and whose target reaches the output, as `edge10`. Both directions of the graph, by its definition. */
export function liveEdges(genotype: Genotype): Set<string> {
  const reads = [true, false, false, false];
  EDGES.forEach(({ source, target }, i) => {
    if (genotype[i] !== 'none' && reads[source]) reads[target] = true;
  });
  const reaches = [false, false, false, true];
  for (const [i, { source, target }] of [...EDGES.entries()].reverse()) {
    if (genotype[i] !== 'none' && reaches[target]) reaches[source] = true;
  }
  return new Set(
    EDGES.flatMap(({ source, target }, i) =>
      genotype[i] !== 'none' && reads[source] && reaches[target] ? [`edge${target}${source}`] : [],
    ),
  );
}

/** Uses that the logits depend on: those outside cells, and those of live edges. */
export function liveUses(uses: readonly Use[], genotype: Genotype): Use[] {
  const live = liveEdges(genotype);
  return uses.filter(({ layer }) => {
    const edge = layer.split('.').find((part) => part.startsWith('edge'));
    return edge === undefined || live.has(edge);
  });
}
