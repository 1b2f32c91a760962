/** Conformance suites, one a contract: what an implementation of one's own must pass. They take the test runner as an argument. */
export { type ExporterSubject, exporterConformance } from './exporter.js';
export {
  type FormulaResult,
  type GradientFormula,
  type GradientRuleSubject,
  gradientRuleConformance,
} from './gradient-rule.js';
export type { GivenTensors } from './gradient-rule-programs.js';
export { kernelBackendConformance } from './kernel-backend.js';
export { type GradientCheckOptions, gradientErrors } from './kernel-backend-gradients.js';
export { apart, awayFromZero, type CaseInput, fixed, labels, normal, positive } from './kernel-backend-inputs.js';
export { type MetricSubject, metricConformance } from './metric.js';
export { type PredictorSubject, predictorConformance, predictorContext } from './predictor.js';
export type { Expectation, TestRunner } from './runner.js';
export { type SamplerConformanceOptions, samplerConformance } from './sampler.js';
export { type SearchSpaceConformanceOptions, searchSpaceConformance } from './search-space.js';
