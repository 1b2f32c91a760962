/** One trained network as a file, checked by its exporter against the predictions in the ledger. */
import { readFile } from 'node:fs/promises';
import { NascentError } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import { modules } from '../catalog.js';
import type { Exporter, ExportRequest } from '../contracts/exporter.js';
import type { JsonObject } from '../contracts/json.js';
import type { ArtifactRow, LedgerReader } from '../contracts/ledger.js';
import type { BestCandidate } from '../contracts/run.js';
import type { Prepared } from './prepare.js';

/** A run with what it names. */
export interface ExportSource extends Pick<Prepared, 'space' | 'configuration' | 'data' | 'versions'> {
  readonly id: string;
  readonly ledger: LedgerReader;
}

export type Exportable = Pick<BestCandidate, 'candidate' | 'evaluation' | 'architecture' | 'measures'>;

/** @throws NascentError `ledger` where the ledger lacks its weights or predictions, or these are of other images */
export async function exportRequest(source: ExportSource, trained: Exportable): Promise<ExportRequest> {
  const { ledger, id, space, configuration, data } = source;
  const weights = ledger.weights(id, trained.evaluation);
  const predictions = ledger.predictions(id, trained.evaluation);
  if (!weights || !predictions) {
    const what = `the weights and predictions of evaluation ${trained.evaluation}`;
    throw new NascentError('ledger', `Expected ledger ${ledger.path} to hold ${what}, got none.`);
  }
  const { checkBatch } = await modules.batches();
  const batch = checkBatch(data, predictions.labels.length);
  if (batch.name !== predictions.batch) {
    throw new NascentError('ledger', `Expected predictions of ${batch.name}, got those of ${predictions.batch}.`);
  }
  return {
    space,
    architecture: trained.architecture,
    network: space.network(space.parse(trained.architecture), configuration.trainSkeleton),
    weights,
    normalization: data.normalization,
    predictions,
    checkImages: batch.images,
    provenance: provenanceOf(source, trained),
  };
}

/** Writes one format; what is to be recorded of it. */
export async function exportFile(
  exporter: Exporter,
  request: ExportRequest,
  { candidate, evaluation }: Exportable,
  path: string,
): Promise<Omit<ArtifactRow, 'created'>> {
  const check = await exporter.write(request, path);
  const artifact = { candidate, evaluation, format: exporter.name, path, sha256: sha256(await readFile(path)) };
  return { ...artifact, ...(check && { check }) };
}

function provenanceOf(
  { id, configuration, versions }: ExportSource,
  { candidate, evaluation, measures }: Exportable,
): JsonObject {
  return {
    run: id,
    candidate,
    evaluation,
    measures: plain(measures),
    space: configuration.space,
    spaceOptions: configuration.spaceOptions,
    skeleton: plain(configuration.trainSkeleton),
    data: configuration.data,
    seed: configuration.seed,
    engine: configuration.engine,
    versions: { ...versions },
  };
}

/** Measures and skeletons are plain data; their interfaces do not say so. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
