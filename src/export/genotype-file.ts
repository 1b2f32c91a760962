/** The JSON genotype: an architecture with all that is needed to build its network again, and nothing of its weights. */
import { z } from 'zod';
import { messageOf, NascentError, show } from '../base/errors.js';
import type { Normalization } from '../contracts/dataset.js';
import type { JsonObject } from '../contracts/json.js';
import type { Cost } from '../contracts/network.js';
import type { SkeletonOptions } from '../contracts/search-space.js';

export const FORMAT = 'nascent-genotype';
export const VERSION = 1;

const count = z.number().int().nonnegative();

export interface GenotypeFile {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly space: string;
  readonly spaceOptions?: JsonObject;
  readonly skeleton: SkeletonOptions;
  /** The space's official text. */
  readonly architecture: string;
  /** The text of the architecture that stands for all of the same function. */
  readonly canonical: string;
  readonly normalization: Normalization;
  readonly provenance: JsonObject;
  readonly cost: Cost;
}

export const optionsSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json());

export const skeletonSchema: z.ZodType<SkeletonOptions> = z.strictObject({
  channels: count.optional(),
  cells: count.optional(),
  classes: count.optional(),
  inputShape: z.tuple([count, count, count]).optional(),
});

const schema: z.ZodType<GenotypeFile> = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  space: z.string(),
  spaceOptions: optionsSchema.optional(),
  skeleton: skeletonSchema,
  architecture: z.string(),
  canonical: z.string(),
  normalization: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  provenance: optionsSchema,
  cost: z.object({ parameters: count, multiplyAdds: count }),
});

export function formatGenotype(genotype: GenotypeFile): string {
  return `${JSON.stringify(genotype, undefined, 2)}\n`;
}

/**
 * Reads a JSON genotype.
 * @throws NascentError of code 'data' that names the first entry that is not what it should be
 */
export function parseGenotype(text: string): GenotypeFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new NascentError('data', `Expected a genotype file to be JSON, got: ${messageOf(cause)}`, { cause });
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new NascentError(
    'data',
    `Expected a genotype file of version ${VERSION}, got ${show(path.join('.'))}: ${message}.`,
  );
}
