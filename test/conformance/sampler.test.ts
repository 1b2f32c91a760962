import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { evolutionSampler } from '../../src/sample/evolution.js';
import { randomSampler } from '../../src/sample/random.js';
import { samplerConformance } from '../../src/testing/sampler.js';

const runner = { describe, it, expect };

samplerConformance(runner, randomSampler, nasBench201);
samplerConformance(runner, evolutionSampler, nasBench201);
samplerConformance(runner, evolutionSampler, nasBench201, { options: { population: 4, tournament: 2, lag: 1 } });
