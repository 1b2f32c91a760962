import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/kernels/gradients.js';
import { ntk } from '../../../src/score/ntk.js';
import { scoreProgram } from '../../../src/score/program.js';
import { contextOf, failureOf, networkOf, numbersOf, scoreOf, singularValues } from './small-scores.js';

const CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|';
const IMAGES = 4;

describe('the condition number of the neural tangent kernel', () => {
  it.each([
    ['nas-bench-201', CELL],
    ['nas-bench-101', undefined],
    ['resnext', undefined],
    ['darts', undefined],
    ['mobilenet-v3', undefined],
  ])('is that of gradients taken image by image, in %s', async (space, text) => {
    const context = contextOf(await networkOf(space, text), IMAGES);
    const program = scoreProgram(context);
    const { builder: b } = program;
    const { logits, parameters } = program.pass({ mode: 'frozen' });
    const weights = parameters.filter(({ name }) => name.endsWith('weight')).map(({ value }) => value);
    const outputs: Record<string, number> = {};
    for (let image = 0; image < IMAGES; image++) {
      const seed = Float32Array.from({ length: IMAGES * 10 }, (_, i) => Number(Math.floor(i / 10) === image));
      differentiate(b, logits, weights, b.constant(seed, [IMAGES, 10])).forEach((gradient, i) => {
        outputs[`${image} ${i}`] = gradient;
      });
    }
    const numbers = await numbersOf(program, outputs);
    const gradients = Array.from({ length: IMAGES }, (_, image) =>
      weights.flatMap((_, i) => [...numbers[`${image} ${i}`]]),
    );
    const values = singularValues(gradients);
    const expected = (values[0] / values[IMAGES - 1]) ** 2;
    expect((await scoreOf(ntk, context)) / expected).toBeCloseTo(1, 6);
  });

  it('looks at 32 images of a larger batch', async () => {
    const network = await networkOf('nas-bench-201', CELL);
    const larger = contextOf(network, 40);
    const { batch } = larger;
    const smaller = {
      ...larger,
      batch: { images: batch.images.slice(0, 32 * 192), labels: batch.labels.slice(0, 32), size: 32 },
    };
    expect(await scoreOf(ntk, larger)).toBe(await scoreOf(ntk, smaller));
  });

  it('fails where two images are equal, or the output constant', async () => {
    const context = contextOf(await networkOf('nas-bench-201', CELL), IMAGES);
    const images = context.batch.images.slice();
    images.copyWithin(0, 192, 384);
    const doubled = { ...context, batch: { ...context.batch, images } };
    expect(await failureOf(ntk, doubled)).toBe('the gradients of different images are dependent');
    const none = contextOf(await networkOf('nas-bench-201', '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'));
    expect(await failureOf(ntk, none)).toBe('Expected an output that weights change, got a constant.');
  });
});
