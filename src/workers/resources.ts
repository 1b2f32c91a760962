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
  network(reference: NetworkReference): Promise<Network>;
  cost(reference: NetworkReference): Promise<Cost>;
}

export function jobResources(): JobResources {
  const dataSets = lastOne<DataSplits>();
  const batches = lastOne<Batch>();
  const tensors = lastOne<ScoreContext['initialize']>();
  const engines = lastOne<KernelBackend>();
  const spaces = lastOne<SearchSpace>();

  const space = ({ space, spaceOptions }: NetworkReference) =>
    spaces(JSON.stringify([space, spaceOptions]), async () => (await resolve('spaces', space))(spaceOptions));
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
    async network(reference) {
      const built = await space(reference);
      return built.network(built.parse(reference.architecture), reference.skeleton);
    },
    async cost(reference) {
      const built = await space(reference);
      const { architectureCost } = await modules.network();
      return architectureCost(built, built.parse(reference.architecture), reference.skeleton);
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
