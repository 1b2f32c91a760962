import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { differentiate } from '../../../src/kernels/gradients.js';
import { FAN_IN_WEIGHTS } from '../../../src/score/fan-in-weights.js';
import { gradientsByFirstWeights } from '../../../src/score/first-weights.js';
import { weightedLayers } from '../../../src/score/layers.js';
import { scoreProgram } from '../../../src/score/program.js';
import { vkdnw, vkdnwEntropy } from '../../../src/score/vkdnw.js';
import { contextOf, failureOf, networkOf, numbersOf, scoreOf, singularValues } from './small-scores.js';

const CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|';
const CLASSES = 10;

describe('gradients by the first weight of each tensor', () => {
  const IMAGES = 3;

  it.each([
    ['nas-bench-201', CELL],
    ['nas-bench-101', undefined],
    ['resnext', undefined],
    ['darts', undefined],
    ['mobilenet-v3', undefined],
  ])('are those of backward passes image by image, in %s', async (space, text) => {
    const program = scoreProgram(contextOf(await networkOf(space, text), IMAGES));
    const { builder: b } = program;
    // The run's own weights: with offsets that are not zero.
    const pass = program.pass({ mode: 'evaluate' });
    const stream = random('seed');
    const seed = Float32Array.from({ length: IMAGES * CLASSES }, () => stream.normal());
    const used = pass.parameters.filter(
      ({ value }) => !b.isZero(differentiate(b, pass.logits, [value], seedOf(seed))[0]),
    );
    function seedOf(rows: Float32Array) {
      return b.constant(rows, [IMAGES, CLASSES]);
    }
    const outputs: Record<string, number> = {
      together: gradientsByFirstWeights(pass, seedOf(seed), Number.POSITIVE_INFINITY),
    };
    for (let image = 0; image < IMAGES; image++) {
      const own = seed.map((number, i) => (Math.floor(i / CLASSES) === image ? number : 0));
      differentiate(
        b,
        pass.logits,
        used.map(({ value }) => value),
        seedOf(own),
      ).forEach((gradient, i) => {
        outputs[`${image} ${i}`] = gradient;
      });
    }
    const { together, ...alone } = await numbersOf(program, outputs);
    expect(together.length).toBe(IMAGES * used.length);
    const scale = Math.max(...together.map(Math.abs));
    for (let image = 0; image < IMAGES; image++) {
      used.forEach((_, i) => {
        const expected = alone[`${image} ${i}`][0];
        expect(Math.abs(together[image * used.length + i] - expected)).toBeLessThan(1e-9 * scale);
      });
    }
  });
});

/** Linear between neighbours, as numpy's. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

describe('VKDNW', () => {
  it('is the entropy of the deciles of the Fisher matrix of the own predictions', async () => {
    const context = contextOf(await networkOf('nas-bench-201', CELL));
    const program = scoreProgram(context);
    const { builder: b } = program;
    const pass = program.pass({
      images: program.normal('images of classes', [16, 3, 8, 8]),
      mode: 'evaluate',
      weights: FAN_IN_WEIGHTS,
    });
    const seeds = Array.from({ length: CLASSES }, (_, c) => {
      const rows = Float32Array.from({ length: 16 * CLASSES }, (_, i) => Number(i % CLASSES === c));
      return gradientsByFirstWeights(pass, b.constant(rows, [16, CLASSES]), 128);
    });
    const byClass: Record<string, number> = Object.fromEntries(seeds.map((value, c) => [`class${c}`, value]));
    const wanted: Record<string, number> = { ...byClass, logits: pass.logits };
    const numbers = await numbersOf(program, wanted);
    const tensors = numbers.class0.length / 16;
    // Rows √(q_c / n) (J_c − Σ q J): their squared singular values are the eigenvalues of F.
    const rows = Array.from({ length: 16 }, (_, image) => {
      const powers = [...numbers.logits.slice(image * CLASSES, (image + 1) * CLASSES)].map(Math.exp);
      const q = powers.map((power) => (0.95 * power) / powers.reduce((x, y) => x + y) + 0.005);
      const jacobian = q.map((_, c) => [...numbers[`class${c}`].slice(image * tensors, (image + 1) * tensors)]);
      const mean = jacobian[0].map((_, i) => q.reduce((sum, each, c) => sum + each * jacobian[c][i], 0));
      return q.map((each, c) => jacobian[c].map((x, i) => Math.sqrt(each / 16) * (x - mean[i])));
    }).flat();
    const columns = rows[0].map((_, i) => rows.map((row) => row[i]));
    const eigenvalues = singularValues(columns).map((value) => value ** 2);
    const sorted = eigenvalues.sort((x, y) => x - y);
    const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((q) => quantile(sorted, q));
    const total = deciles.reduce((x, y) => x + y);
    const expected = deciles.reduce((sum, x) => sum - (x / (total + 1e-10)) * Math.log(x / (total + 1e-10) + 1e-10), 0);
    expect(await scoreOf(vkdnwEntropy, context)).toBeCloseTo(expected, 6);
    expect(await scoreOf(vkdnw, context)).toBeCloseTo(weightedLayers(pass).length + expected, 6);
  });

  it('looks at fewer images where there are more classes', async () => {
    const program = scoreProgram(contextOf(await networkOf('nas-bench-201', CELL, 40)));
    const { jacobian } = vkdnw.write(program).outputs;
    expect(program.builder.shape(jacobian)[0]).toBe(160);
  });

  it('fails where no weight changes the output', async () => {
    const none = contextOf(await networkOf('nas-bench-201', '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'));
    expect(await failureOf(vkdnw, none)).toBe('Expected an output that weights change, got a constant.');
  });
});
