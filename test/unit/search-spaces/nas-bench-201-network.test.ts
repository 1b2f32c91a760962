import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Genotype, genotypeAt, SIZE } from '../../../search-spaces/nas-bench-201/genotype.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { random } from '../../../src/base/random.js';
import { networkCost, traceNetwork } from '../../../src/network/trace.js';

const space = nasBench201();
const cells: readonly Genotype[] = Array.from({ length: SIZE }, (_, index) => genotypeAt(index));
const some = random('networks').sample(cells, 300);

/** The published closed form, scaled to N cells a stage: C = 16, 10 classes, 32×32. */
function closedForm(genotype: Genotype, perStage: number) {
  const count = (operation: string) => genotype.filter((name) => name === operation).length;
  const large = count('nor_conv_3x3');
  const small = count('nor_conv_1x1');
  return {
    parameters: 73_306 + (perStage / 5) * (243_040 * large + 28_000 * small),
    multiplyAdds: 7_783_040 + (perStage / 5) * (35_389_440 * large + 3_932_160 * small),
  };
}

describe('cost', () => {
  // Tracing all cells at the benchmark's N = 5 would take half a minute; N = 1 has every edge of every cell.
  it('is the closed form for all 15,625 cells at one cell a stage', () => {
    const wrong = cells.filter((genotype) => {
      const cost = networkCost(space.network(genotype, { cells: 1 }));
      const published = closedForm(genotype, 1);
      return cost.parameters !== published.parameters || cost.multiplyAdds !== published.multiplyAdds;
    });
    expect(wrong).toEqual([]);
  });

  it('is the closed form for 300 random cells at five cells a stage', () => {
    for (const genotype of some) expect(networkCost(space.network(genotype))).toEqual(closedForm(genotype, 5));
  });

  it('is counted without building networks, for every cell, and for images of odd sides', () => {
    expect(cells.filter((genotype) => !isDeepStrictEqual(space.cost?.(genotype), closedForm(genotype, 5)))).toEqual([]);
    const skeleton = { channels: 3, cells: 2, classes: 7, inputShape: [2, 7, 9] } as const;
    for (const genotype of some) {
      expect(space.cost?.(genotype, skeleton)).toEqual(networkCost(space.network(genotype, skeleton)));
    }
  });

  const table = new URL('../../../../shared/data/nas-bench-201.csv.gz', import.meta.url);
  it.skipIf(!existsSync(table))("is that of the benchmark's table (skipped where shared/data is absent)", () => {
    const [header, ...rows] = gunzipSync(readFileSync(table)).toString().trim().split('\n');
    const columns = header.split(',');
    const [text, parameters, multiplyAdds] = ['arch', 'c10_params_M', 'c10_flops_M'].map((name) =>
      columns.indexOf(name),
    );
    expect(rows).toHaveLength(SIZE);
    for (const row of rows) {
      const fields = row.split(',');
      const published = closedForm(space.parse(fields[text]), 5);
      expect(Math.abs(Number(fields[parameters]) * 1e6 - published.parameters)).toBeLessThan(0.5);
      expect(Math.abs(Number(fields[multiplyAdds]) * 1e6 - published.multiplyAdds)).toBeLessThan(0.5);
    }
  });
});

describe('network', () => {
  const network = (text: string, options = {}) => space.network(space.parse(text), options);
  const trace = (text: string, options = {}) => traceNetwork(network(text, options), { batch: 2, mode: 'score' });
  const DEAD = '|none~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|skip_connect~0|none~1|none~2|';

  it('names parameters by stage, cell and edge', () => {
    const norm = (path: string) => [`${path}.norm.weight`, `${path}.norm.bias`];
    const block = (path: string) => [`${path}.conv.weight`, ...norm(path)];
    const reduction = (path: string) => [...block(`${path}.a`), ...block(`${path}.b`), `${path}.shortcut.conv.weight`];
    const stage = (path: string) =>
      [1, 2].flatMap((i) => [`${path}.cell${i}.edge20`, `${path}.cell${i}.edge21`].flatMap(block));
    expect(
      trace(DEAD, { cells: 2 })
        .parameters.map(({ name }) => name)
        .sort(),
    ).toEqual(
      [
        ...block('stem'),
        ...[1, 2, 3].flatMap((i) => stage(`stage${i}`)),
        ...[1, 2].flatMap((i) => reduction(`reduce${i}`)),
        ...norm('head'),
        'head.linear.weight',
        'head.linear.bias',
      ].sort(),
    );
  });

  it('shows the ReLU of every convolution edge, dead ones included, beside the four of the reductions and the last', () => {
    expect(trace(DEAD).activations).toHaveLength(3 * 5 * 2 + 4 + 1);
  });

  it('drops dead edges from programs', () => {
    const { builder, logits } = trace(DEAD, { cells: 1 });
    const convolutions = builder
      .finish({ logits })
      .values.filter(({ definition }) => definition.kind === 'op' && definition.op.primitive === 'conv2d');
    // The stem and three in each reduction.
    expect(convolutions).toHaveLength(1 + 2 * 3);
  });

  it.each([
    [1, 28, 28],
    [3, 4, 4],
    [3, 5, 30],
    [2, 7, 9],
  ])('takes images of [%i, %i, %i]', (...inputShape) => {
    const text = '|nor_conv_3x3~0|+|avg_pool_3x3~0|none~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|';
    const { builder, logits } = trace(text, { inputShape, classes: 7, channels: 3, cells: 2 });
    expect(builder.shape(logits)).toEqual([2, 7]);
  });
});
