/** JSON genotype: what another program needs to build the network again. It is checked by building it again. */
import { readFile } from 'node:fs/promises';
import type { ZodType } from 'zod';
import { NascentError, show } from '../base/errors.js';
import type { Exporter, ExportRequest } from '../contracts/exporter.js';
import type { JsonObject } from '../contracts/json.js';
import type { Network } from '../contracts/network.js';
import type { SkeletonOptions } from '../contracts/search-space.js';
import { networkCost, traceNetwork } from '../network/trace.js';
import { onDisk, writeChecked } from './checked-file.js';
import {
  FORMAT,
  formatGenotype,
  type GenotypeFile,
  optionsSchema,
  parseGenotype,
  skeletonSchema,
  VERSION,
} from './genotype-file.js';

export const genotypeExporter: Exporter = {
  name: 'json',
  summary: 'JSON genotype: architecture, skeleton, normalisation and provenance, without weights',
  extension: '.json',
  async write(request, path) {
    const content = new TextEncoder().encode(formatGenotype(genotypeOf(request)));
    // No predictions to compare: the file holds no weights.
    return writeChecked(path, content, async (file) =>
      requireSameNetwork(await onDisk(path, () => readFile(file, 'utf8')), request),
    );
  },
};

function genotypeOf(request: ExportRequest): GenotypeFile {
  const { space, network, normalization, provenance } = request;
  const architecture = space.parse(request.architecture);
  const spaceOptions = recorded(optionsSchema.optional(), provenance, 'spaceOptions');
  return {
    format: FORMAT,
    version: VERSION,
    space: space.name,
    ...(spaceOptions && { spaceOptions }),
    skeleton: skeletonOf(request),
    architecture: space.format(architecture),
    canonical: space.format(space.canonical(architecture, 'function')),
    normalization,
    provenance,
    cost: networkCost(network),
  };
}

/** The skeleton with every default filled in. What the network itself tells need not be given. */
function skeletonOf({ space, network, provenance }: ExportRequest): Required<SkeletonOptions> {
  const given = recorded(skeletonSchema.optional(), provenance, 'skeleton');
  return space.skeleton({ inputShape: network.inputShape, classes: network.classes, ...given });
}

/** An entry of the provenance that the file must be able to rely on. */
function recorded<Entry>(schema: ZodType<Entry>, provenance: JsonObject, name: string): Entry {
  const result = schema.safeParse(provenance[name]);
  if (result.success) return result.data;
  throw new NascentError(
    'usage',
    `Expected \`provenance.${name}\` to be an object of options, got ${show(provenance[name])}.`,
  );
}

/**
 * Builds the network anew from the file's content.
 * @throws NascentError of code 'usage' where it is another one than `request.network`
 */
function requireSameNetwork(text: string, { space, network }: ExportRequest): undefined {
  const { architecture, skeleton, cost } = parseGenotype(text);
  const rebuilt = space.network(space.parse(architecture), skeleton);
  const found = networkCost(rebuilt);
  if (found.parameters !== cost.parameters || found.multiplyAdds !== cost.multiplyAdds) {
    throw notTheSame(
      architecture,
      skeleton,
      `one of ${found.parameters} instead of ${cost.parameters} parameters and ` +
        `${found.multiplyAdds} instead of ${cost.multiplyAdds} multiply-adds`,
    );
  }
  // Equal cost is not enough: a `none` in place of a skip connection costs the same.
  if (programText(rebuilt) !== programText(network)) throw notTheSame(architecture, skeleton, 'one with other layers');
}

function programText(network: Network): string {
  const { builder, logits } = traceNetwork(network, { batch: 1, mode: 'evaluate' });
  return JSON.stringify(builder.finish({ logits }));
}

function notTheSame(architecture: string, skeleton: SkeletonOptions, got: string): NascentError {
  return new NascentError(
    'usage',
    `Expected ${show(architecture)} with skeleton ${show(skeleton)} to build the exported network, got ${got}.`,
  );
}
