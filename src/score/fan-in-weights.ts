/** Initial weights as released code of several scores draws them anew, whatever the space's own are. */
import type { WeightSource } from '../contracts/metric.js';
import { filled, kaimingNormalFanIn } from '../network/initialize.js';

const zeros = filled(0);

/** Convolutions and linear layers from N(0, 2 / fan-in), their offsets zero; normalisation as it is. */
export const FAN_IN_WEIGHTS: WeightSource = {
  name: 'fan-in normal',
  value: (spec, program) => {
    const named = (initialize: typeof zeros) => program.initial({ ...spec, name: `fan-in ${spec.name}`, initialize });
    if (spec.shape.length >= 2) return named(kaimingNormalFanIn);
    return spec.name.endsWith('bias') ? named(zeros) : program.initial(spec);
  },
};
