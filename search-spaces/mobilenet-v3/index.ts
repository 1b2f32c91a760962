/** The MobileNetV3 space of once-for-all (Cai et al., ICLR 2020), in which WeakNAS searched on ImageNet. */
import { expected } from '../../src/base/errors.js';
import { knownOptions } from '../../src/base/names.js';
import type { JsonObject } from '../../src/contracts/json.js';
import type { SearchSpace } from '../../src/contracts/search-space.js';
import { decisionMethods } from '../../src/spaces/decision.js';
import { type Skeleton, skeletonOf } from '../skeleton.js';
import { planCost } from './cost.js';
import { planDrawing } from './drawing.js';
import { decisionOf, format, type Genotype, parse, RESOLUTIONS } from './genotype.js';
import { mobileNetwork } from './network.js';
import { PUBLISHED_CHANNELS, planOf } from './plan.js';

export type { Genotype } from './genotype.js';

const NAME = 'mobilenet-v3';

/** As published: ImageNet. `cells`: how often each stage goes through its blocks. */
const completeSkeleton = skeletonOf(NAME, {
  channels: PUBLISHED_CHANNELS,
  cells: 1,
  classes: 1000,
  inputShape: [3, 224, 224],
});

/**
 * 7,371⁵ ≈ 2.2·10¹⁹ networks at each of 33 resolutions: too many to list.
 * @param options `width`: that of the supernet, as a factor of all channels, default 1.2; `resolution`: fixes it, by default it is chosen
 */
export function mobileNetV3(options: JsonObject = {}): SearchSpace<Genotype> {
  knownOptions(`an option of ${NAME}`, options, ['width', 'resolution']);
  const width = factor(options.width ?? 1.2);
  const resolutions = options.resolution === undefined ? RESOLUTIONS : [knownResolution(options.resolution)];
  const decision = decisionOf(resolutions);
  const plan = (genotype: Genotype, skeleton: Skeleton) => planOf(genotype, skeleton, width);
  return {
    name: NAME,
    ...decisionMethods(decision),
    parse: (text) => parse(text, resolutions),
    format,
    // Different genotypes are different functions.
    canonical: (genotype) => genotype,
    network(genotype, skeleton) {
      const whole = completeSkeleton(skeleton);
      return mobileNetwork(plan(genotype, whole), whole);
    },
    cost(genotype, skeleton) {
      const whole = completeSkeleton(skeleton);
      return planCost(plan(genotype, whole), whole);
    },
    skeleton: completeSkeleton,
    drawing: (genotype) => planDrawing(plan(genotype, completeSkeleton())),
  };
}

function factor(value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= 16) return value;
  throw expected('`width`', 'a number above 0 and at most 16', value);
}

function knownResolution(value: unknown): number {
  const known = RESOLUTIONS.find((side) => side === value);
  if (known !== undefined) return known;
  throw expected('`resolution`', `a multiple of 4 from ${RESOLUTIONS[0]} to ${RESOLUTIONS.at(-1)}`, value);
}
