/** Every search space of the catalogue. */
import { describe, expect, it } from 'vitest';
import { namesOf, resolve } from '../../src/catalog.js';
import { searchSpaceConformance } from '../../src/testing/index.js';

for (const name of namesOf('spaces')) {
  searchSpaceConformance({ describe, it, expect }, await resolve('spaces', name));
}
