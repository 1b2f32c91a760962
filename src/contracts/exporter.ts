/** Exporters: one file a format. What is written is loaded back and checked before it is reported. */

import type { Normalization } from './dataset.js';
import type { JsonObject } from './json.js';
import type { Network } from './network.js';
import type { ExportCheck } from './run.js';
import type { SearchSpace } from './search-space.js';
import type { CheckPredictions, Weights } from './training.js';

export interface ExportRequest {
  readonly space: SearchSpace;
  readonly architecture: string;
  readonly network: Network;
  readonly weights: Weights;
  readonly normalization: Normalization;
  readonly predictions: CheckPredictions;
  /** The check batch as the network takes it: float32 [count, ...inputShape]. */
  readonly checkImages: Float32Array;
  /** Run, candidate, evaluation, measures, versions, …: written into the file. */
  readonly provenance: JsonObject;
}

export interface Exporter {
  readonly name: string;
  readonly summary: string;
  /** With the dot. */
  readonly extension: string;
  /** Writes `path` atomically and returns the check of what was written; throws where the check fails, leaving no file. */
  write(request: ExportRequest, path: string): Promise<ExportCheck | undefined>;
}
