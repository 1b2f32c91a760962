/** Every search space of the catalogue, and those that options make of them. */
import { describe, expect, it } from 'vitest';
import { darts } from '../../search-spaces/darts/index.js';
import { resnext } from '../../search-spaces/resnext/index.js';
import { namesOf, resolve } from '../../src/catalog.js';
import { searchSpaceConformance } from '../../src/testing/index.js';

for (const name of namesOf('spaces')) {
  searchSpaceConformance({ describe, it, expect }, await resolve('spaces', name));
}

describe('with options', () => {
  searchSpaceConformance({ describe, it, expect }, () => darts({ derived: true, stem: 'imagenet' }));
  searchSpaceConformance({ describe, it, expect }, () => resnext({ stem: 'imagenet' }));
});
