/** Every layer of the package that has a gradient rule of its own, and what the suite must find. */
import { describe, expect, it } from 'vitest';
import { batchNormalization } from '../../src/network/layers.js';
import { gradientRuleConformance, normal, positive } from '../../src/testing/index.js';
import { adderSubjects } from './gradient-rules/adder.js';
import { straightThroughSubjects } from './gradient-rules/straight-through.js';

const runner = { describe, it, expect };

gradientRuleConformance(runner, {
  name: 'batchNormalization',
  layer: batchNormalization(),
  input: normal(3, 2, 4, 4),
  oracle: 'central-differences',
  tensors: { weight: positive(2), bias: normal(2), running_var: positive(2) },
});

for (const subject of [...adderSubjects, ...straightThroughSubjects]) gradientRuleConformance(runner, subject);
