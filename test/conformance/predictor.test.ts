/** Every predictor of the catalogue. */
import { describe, expect, it } from 'vitest';
import { namesOf, resolve } from '../../src/catalog.js';
import { predictorConformance } from '../../src/testing/index.js';

for (const name of namesOf('predictors')) {
  predictorConformance({ describe, it, expect }, await resolve('predictors', name));
}
