/**
 * Settings for the command line: copy this file as `nascent.config.ts` to the folder where you run `nascent`. They are the options of
 * `search`; flags and environment variables (`NASCENT_EPOCHS`) come before them. An unknown key is refused, the nearest name offered.
 */
import type { SearchOptions } from '../src/index.js'; // from 'nascent', where it is installed

export default {
  data: 'cifar10:cifar-10-batches-bin',
  sampler: 'evolution',
  samplerOptions: { population: 20 },
  count: 500,
  train: 5,
  recipe: { epochs: 12, augmentation: { cutout: 8 } },
  ledger: 'cifar.sqlite',
} satisfies SearchOptions;
