import { describe, expect, it } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { searchSpaceConformance } from '../../src/testing/search-space.js';

searchSpaceConformance({ describe, it, expect }, nasBench201);
