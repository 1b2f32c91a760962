/**
 * What jobs of one process share: the last data set, the last scoring batch, engines and spaces. Only the last data set is
 * kept, so that memory stays bounded however many runs a worker sees.
 */
import { random } from '../base/random.js';
import { modules, resolve } from '../catalog.js';
import type { Batch, DataSplits } from '../contracts/dataset.js';
import type { DataReference, NetworkReference } from '../contracts/job.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';
import type { ScoreContext } from '../contracts/metric.js';
import type { Cost, Network } from '../contracts/network.js';
import type { SearchSpace } from '../contracts/search-space.js';

export interface JobResources {
  data(reference: DataReference): Promise<DataSplits>;
  /** The scoring batch: the same for every candidate of one seed of the data. */
  scoringBatch(reference: DataReference, size: number): Promise<Batch>;
  /** Initial values from the stream `weights` of a seed, remembered between candidates. */
  initialTensors(seed: number): Promise<ScoreContext['initialize']>;
  engine(name: string): Promise<KernelBackend>;
  /** The network, and its cost: in closed form where its space has one, otherwise as it is traced. */
  network(reference: NetworkReference): Promise<{ readonly network: Network; readonly cost: Cost }>;
}

export function jobResources(): JobResources {
  const dataSets = lastOne<DataSplits>();
  const batches = lastOne<Batch>();
  const tensors = lastOne<ScoreContext['initialize']>();
  const engines = lastOne<KernelBackend>();
  const spaces = lastOne<SearchSpace>();

  const data = (reference: DataReference) =>
    dataSets(JSON.stringify(reference), async () => (await modules.data()).loadData(reference));

  return {
    data,
    scoringBatch: (reference, size) =>
      batches(JSON.stringify([reference, size]), async () => {
        const splits = await data(reference);
        return (await modules.batches()).scoringBatch(splits, size, random(reference.seed).child('scoring-batch'));
      }),
    initialTensors: (seed) =>
      tensors(String(seed), async () => (await modules.weights()).rememberedTensors(random(seed).child('weights'))),
    engine: (name) => engines(name, async () => (await resolve('engines', name))()),
    async network({ space: name, spaceOptions, skeleton, architecture }) {
      const space = await spaces(JSON.stringify([name, spaceOptions]), async () =>
        (await resolve('spaces', name))(spaceOptions),
      );
      const parsed = space.parse(architecture);
      const network = space.network(parsed, skeleton);
      const cost = space.cost?.(parsed, skeleton) ?? (await modules.network()).networkCost(network);
      return { network, cost };
    },
  };
}

/** Remembers the value of the last key. A failure is not remembered: the next job tries again. */
function lastOne<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  let last: { readonly key: string; readonly value: Promise<T> } | undefined;
  return async (key, make) => {
    if (last?.key !== key) last = { key, value: make() };
    const held = last;
    try {
      return await held.value;
    } catch (thrown) {
      if (last === held) last = undefined;
      throw thrown;
    }
  };
}
