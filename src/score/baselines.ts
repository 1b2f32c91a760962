/** What every score must beat: the size of a network, which needs no computing. */
import type { Metric, ScoreProgram } from '../contracts/metric.js';
import { norm, total } from '../kernels/arithmetic.js';
import { networkCost } from '../network/trace.js';
import { weightedLayers, weightsOf } from './layers.js';
import { constantReading, scalarReading } from './reading.js';

const baseline = {
  higherIsBetter: true,
  needsData: false,
  needsLabels: false,
  needsGradients: false,
  sees: 'genotype',
} as const;

/** As published tables count, branches included that no output needs. */
const cost = ({ network }: ScoreProgram) => networkCost(network);

export const parameters: Metric = {
  ...baseline,
  name: 'parameters',
  summary: 'number of learned weights',
  source: 'baseline',
  write: (program) => constantReading(cost(program).parameters),
};

export const multiplyAdds: Metric = {
  ...baseline,
  name: 'multiply-adds',
  summary: 'multiply-accumulates of convolutions and linear layers for one image',
  source: 'baseline',
  write: (program) => constantReading(cost(program).multiplyAdds),
};

export const trainableLayers: Metric = {
  ...baseline,
  name: 'trainable-layers',
  summary: 'number of convolutions and linear layers that the output depends on',
  source: 'baseline',
  sees: 'function',
  write: (program) => constantReading(weightedLayers(program.pass()).length),
};

/** Σ ‖θ‖₂ over all convolutions and linear layers, as Abdelfattah et al. (ICLR 2021) count it among their baselines. */
export const weightNorm: Metric = {
  ...baseline,
  name: 'weight-norm',
  summary: 'sum over layers of the norm of the initial weights',
  source: 'Abdelfattah et al., ICLR 2021',
  write: (program) => {
    const norms = weightsOf(program.pass()).map(({ value }) => norm(program.builder, value));
    return scalarReading(total(program.builder, norms));
  },
};
