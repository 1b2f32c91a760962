/**
 * Zen score (Lin et al., "Zen-NAS: A Zero-Shot NAS for High-Performance Image Recognition", ICCV 2021, algorithm 1): how much the features
 * before the mean over the image change with the input, with the scale that normalisation took away put back:
 * log E‖f(x) − f(x + 0.01 ε)‖ + Σ over normalisation layers of log √(mean over channels of the batch's variance). Weights, x and ε are standard
 * normal. Each difference is summed over channels and averaged over positions and images, as the released code does.
 */
import { NascentError } from '../base/errors.js';
import type { Metric, WeightSource } from '../contracts/metric.js';
import type { TracedNetwork } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';
import { add, multiply, subtract, sum } from '../kernels/arithmetic.js';
import { sizeOf } from '../kernels/shapes.js';
import { ancestors } from './layers.js';

/** Images of a batch, as released. */
const IMAGES = 16;

/** α: how far the disturbed input is. */
const DISTANCE = 0.01;

/** Weights of convolutions and linear layers are standard normal; scales, offsets and statistics as they are. */
const GAUSSIAN: WeightSource = {
  name: 'standard normal',
  value: (spec, program) =>
    spec.shape.length >= 2 ? program.normal(`zen ${spec.name}`, spec.shape) : program.initial(spec),
};

export const zen: Metric = {
  name: 'zen',
  summary: 'how much the features change with the input, with the scale that normalisation took away put back',
  source: 'Lin et al., ICCV 2021, algorithm 1',
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: false,
  sees: 'function',
  write(program) {
    const b = program.builder;
    const shape = [IMAGES, ...program.network.inputShape];
    const images = program.normal('zen images', shape);
    const noise = program.normal('zen noise', shape);
    const disturbed = add(b, images, multiply(b, b.scalar(DISTANCE), noise));
    const pass = program.pass({ images, weights: GAUSSIAN });
    const features = featureMap(pass);
    const difference = subtract(b, features, featureMap(program.pass({ images: disturbed, weights: GAUSSIAN })));
    const positions = sizeOf(b.shape(features)) / b.shape(features)[1];
    const change = multiply(b, sum(b, b.op('absolute', [difference], {})), b.scalar(1 / positions));
    const variances = varianceMeans(pass, features);
    return {
      outputs: { change, ...Object.fromEntries(variances.map((mean, i) => [`variance${i}`, mean])) },
      score: ({ change, ...scales }) => {
        if (change.data[0] === 0) return { failure: 'the features do not depend on the input' };
        const logs = Object.values(scales).map(({ data }) => Math.log(data[0]) / 2);
        return { value: logs.reduce((total, log) => total + log, Math.log(change.data[0])) };
      },
    };
  },
};

/** The last images that the logits are made of: [N, C, H, W], before the mean over the image. */
function featureMap(pass: TracedNetwork): Value {
  const { builder: b, logits } = pass;
  const isImage = (value: Value) => b.shape(value).length === 4 && b.shape(value)[2] * b.shape(value)[3] > 1;
  const features = ancestors(pass, logits).findLast(isImage);
  if (features === undefined) throw new NascentError('usage', 'Expected a network with feature maps, got one without.');
  return features;
}

/** The mean over channels of the variance in each normalisation layer on the way to the features; layers that see zeros only have none. */
function varianceMeans(pass: TracedNetwork, features: Value): Value[] {
  const { builder: b } = pass;
  return ancestors(pass, features).flatMap((value) => {
    const op = b.opOf(value);
    if (op?.primitive !== 'batchNorm') return [];
    const variance = op.inputs[2];
    return [multiply(b, sum(b, variance), b.scalar(1 / b.shape(variance)[0]))];
  });
}
