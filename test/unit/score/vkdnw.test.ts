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
  const THREE = 3;

  it.each([
    ['nas-bench-201', CELL],
    ['nas-bench-101', undefined],
    ['resnext', undefined],
    ['darts', undefined],
    ['mobilenet-v3', undefined],
  ])('are those of backward passes image by image, in %s', async (space, text) => {
    const program = scoreProgram(contextOf(await networkOf(space, text), THREE));
    const { builder: b } = program;
    // The run's own weights: with offsets that are not zero.
    const pass = program.pass({ mode: 'evaluate' });
    const stream = random('seed');
    const seed = Float32Array.from({ length: THREE * CLASSES }, () => stream.normal());
    const used = pass.parameters.filter(
      ({ value }) => !b.isZero(differentiate(b, pass.logits, [value], seedOf(seed))[0]),
    );
    function seedOf(rows: Float32Array) {
      return b.constant(rows, [THREE, CLASSES]);
    }
    const outputs: Record<string, number> = {
      together: gradientsByFirstWeights(pass, seedOf(seed), Number.POSITIVE_INFINITY),
    };
    for (let image = 0; image < THREE; image++) {
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
    expect(together.length).toBe(THREE * used.length);
    const scale = Math.max(...together.map(Math.abs));
    for (let image = 0; image < THREE; image++) {
      used.forEach((_, i) => {
        const expected = alone[`${image} ${i}`][0];
        expect(Math.abs(together[image * used.length + i] - expected)).toBeLessThan(1e-9 * scale);
      });
    }
  });
});

const IMAGES = 160;

/** .95 softmax + .05 / classes */
function predictionsOf(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const total = powers.reduce((x, y) => x + y);
  return powers.map((power) => (0.95 * power) / total + 0.05 / logits.length);
}

/** √q z − q Σ √q z */
function classSeed(q: readonly number[], z: readonly number[]): number[] {
  const mean = q.reduce((sum, each, c) => sum + Math.sqrt(each) * z[c], 0);
  return q.map((each, c) => Math.sqrt(each) * z[c] - each * mean);
}

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
    const images = program.normal('vkdnw images', [IMAGES, 3, 8, 8]);
    const pass = program.pass({ images, mode: 'evaluate', weights: FAN_IN_WEIGHTS });
    const wanted: Record<string, number> = {
      logits: pass.logits,
      noise: program.normal('vkdnw classes', [IMAGES, CLASSES]),
    };
    for (let c = 0; c < CLASSES; c++) {
      const rows = Float32Array.from({ length: IMAGES * CLASSES }, (_, i) => Number(i % CLASSES === c));
      wanted[`class${c}`] = gradientsByFirstWeights(pass, b.constant(rows, [IMAGES, CLASSES]), 128);
    }
    const numbers = await numbersOf(program, wanted);
    const tensors = numbers.class0.length / IMAGES;
    const rows = Array.from({ length: IMAGES }, (_, image) => {
      const of = (all: Float64Array) => [...all.slice(image * CLASSES, (image + 1) * CLASSES)];
      const v = classSeed(predictionsOf(of(numbers.logits)), of(numbers.noise));
      return Array.from({ length: tensors }, (_, i) =>
        v.reduce((sum, each, c) => sum + each * numbers[`class${c}`][image * tensors + i], 0),
      );
    });
    // The eigenvalues of Σ g gᵀ / n are the squared singular values of the rows g / √n.
    const columns = rows[0].map((_, i) => rows.map((row) => row[i] / Math.sqrt(IMAGES)));
    const sorted = singularValues(columns)
      .map((value) => value ** 2)
      .sort((x, y) => x - y);
    const deciles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((q) => quantile(sorted, q));
    const total = deciles.reduce((x, y) => x + y);
    const expected = deciles.reduce((sum, x) => sum - (x / (total + 1e-10)) * Math.log(x / (total + 1e-10) + 1e-10), 0);
    expect(await scoreOf(vkdnwEntropy, context)).toBeCloseTo(expected, 6);
    expect(await scoreOf(vkdnw, context)).toBeCloseTo(weightedLayers(pass).length + expected, 6);
  });

  it('has seeds whose covariance is that of classes drawn from q', () => {
    const q = predictionsOf([0.3, -1, 2]);
    const units = q.map((_, k) => q.map((_, c) => Number(c === k)));
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        // Over independent z of variance one the covariance is the sum over unit vectors.
        const covariance = units.reduce((sum, z) => sum + classSeed(q, z)[i] * classSeed(q, z)[j], 0);
        expect(covariance).toBeCloseTo((i === j ? q[i] : 0) - q[i] * q[j], 12);
      }
    }
  });

  it('fails where no weight changes the output', async () => {
    const none = contextOf(await networkOf('nas-bench-201', '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'));
    expect(await failureOf(vkdnw, none)).toBe('Expected an output that weights change, got a constant.');
  });
});
