/**
 * Jacobian covariance: the first version of NASWOT (Mellor et al., arXiv 2006.04647v1, section 3), `jacob_cov` in Abdelfattah et al. (ICLR
 * 2021). The gradient of the sum of the logits by each image is a row; with λ the eigenvalues of the rows' correlation matrix and
 * k = 10⁻⁵ the score is −Σ (log(λ + k) + 1 / (λ + k)): highest where images change the output in ways of their own.
 */
import type { Metric } from '../contracts/metric.js';
import { symmetricEigenvalues } from './eigenvalues.js';
import { inputJacobian, rowCorrelations } from './input-jacobian.js';

/** k of the released code. */
const OFFSET = 1e-5;

export const jacobianCovariance: Metric = {
  name: 'jacobian-covariance',
  summary: 'how little the input gradients of different images correlate: the first version of NASWOT',
  source: 'Mellor et al., arXiv 2006.04647v1, section 3',
  higherIsBetter: true,
  needsData: true,
  needsLabels: false,
  needsGradients: true,
  sees: 'function',
  write: (program) => ({
    outputs: { jacobian: inputJacobian(program) },
    score: ({ jacobian }) => {
      const correlations = rowCorrelations(jacobian.data, program.batch);
      const failure = 'the gradient of an image is constant, so its correlation with others is not defined';
      if (correlations.some(Number.isNaN)) return { failure };
      const terms = symmetricEigenvalues(correlations, program.batch).map((eigenvalue) => {
        const raised = Math.max(eigenvalue, 0) + OFFSET;
        return Math.log(raised) + 1 / raised;
      });
      return { value: -terms.reduce((sum, term) => sum + term, 0) };
    },
  }),
};
