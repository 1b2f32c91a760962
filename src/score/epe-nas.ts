/**
 * EPE-NAS (Lopes, Alirezazadeh & Alexandre, "EPE-NAS: Efficient Performance Estimation Without Training for Neural Architecture Search", ICANN
 * 2021, section 3). The gradient of the sum of the logits by each image is a row; with R the correlations between the rows of one class and
 * k = 10⁻⁵, a class has E = Σ log(|R| + k) over all entries of R. For up to 100 classes the score is Σ |E| over the classes in the batch; for
 * more, E is divided by the images of its class, and the score is Σ |E − E'| over all pairs of classes, divided by their number.
 */
import type { Metric, ScoreProgram, ScoreResult } from '../contracts/metric.js';
import { inputJacobian, rowCorrelations } from './input-jacobian.js';

/** k of the released code. */
const OFFSET = 1e-5;

/** Classes from which on they are compared pair by pair. */
const MANY = 100;

export const epeNas: Metric = {
  name: 'epe-nas',
  summary: 'how little the input gradients of images of one class correlate',
  source: 'Lopes et al., ICANN 2021, section 3',
  higherIsBetter: true,
  needsData: true,
  needsLabels: true,
  needsGradients: true,
  sees: 'function',
  write: (program) => ({
    outputs: { jacobian: inputJacobian(program), labels: program.labels },
    score: ({ jacobian, labels }) => scoreOf(program, rowCorrelations(jacobian.data, program.batch), labels.data),
  }),
};

function scoreOf({ batch, network }: ScoreProgram, correlations: Float64Array, labels: ArrayLike<number>): ScoreResult {
  const many = network.classes > MANY;
  const members = new Map<number, number[]>();
  for (let i = 0; i < batch; i++) members.set(labels[i], [...(members.get(labels[i]) ?? []), i]);
  const sums = [...members.values()].map((rows) => {
    const terms = rows.flatMap((i) => rows.map((j) => Math.log(Math.abs(correlations[i * batch + j]) + OFFSET)));
    return terms.reduce((x, y) => x + y, 0) / (many ? rows.length : 1);
  });
  if (sums.some(Number.isNaN)) {
    return { failure: 'the gradient of an image is constant, so its correlation with others is not defined' };
  }
  if (!many) return { value: sums.reduce((total, each) => total + Math.abs(each), 0) };
  const differences = sums.flatMap((one) => sums.map((other) => Math.abs(one - other)));
  return { value: differences.reduce((x, y) => x + y, 0) / sums.length };
}
