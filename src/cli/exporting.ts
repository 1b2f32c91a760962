/** Exporting trained candidates of a run: each file is checked by its exporter against the predictions in the ledger. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NascentError } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import { modules } from '../catalog.js';
import type { Exporter, ExportRequest } from '../contracts/exporter.js';
import type { JsonObject } from '../contracts/json.js';
import type { ArtifactRow, LedgerReader } from '../contracts/ledger.js';
import { type Prepared, prepare } from '../search/prepare.js';
import type { RunStory, TrainedCandidate } from './report/story.js';

export interface ExportOptions {
  readonly top: number;
  readonly exporters: readonly Exporter[];
  /** Folder of the files. */
  readonly output: string;
}

export interface ExportedFile extends Omit<ArtifactRow, 'created'> {
  readonly architecture: string;
  readonly validation: number;
  readonly test: number | undefined;
}

/** The best trained candidates by validation, each in every format; each file is told once it is checked. */
export async function* exportBest(
  ledger: LedgerReader,
  story: RunStory,
  { top, exporters, output }: ExportOptions,
): AsyncGenerator<ExportedFile> {
  const { run } = story;
  // The run may be one of `nascent train`.
  const prepared = await prepare(run.configuration);
  requireSameData(story, prepared);
  for (const trained of bestOfEach(story.trained).slice(0, top)) {
    const request = await exportRequest(ledger, story, prepared, trained);
    for (const exporter of exporters) {
      const name = `${prepared.space.name}-${run.id}-candidate${trained.candidate}${exporter.extension}`;
      const path = join(output, name);
      const check = await exporter.write(request, path);
      const { candidate, evaluation, architecture, validation, test } = trained;
      const artifact = { candidate, evaluation, format: exporter.name, path, sha256: sha256(await readFile(path)) };
      yield { ...artifact, ...(check && { check }), architecture, validation, test };
    }
  }
}

/** A winner that was trained again appears twice: its better training counts. */
export function bestOfEach(trained: readonly TrainedCandidate[]): TrainedCandidate[] {
  const seen = new Set<number>();
  return trained.filter(({ candidate }) => !seen.has(candidate) && seen.add(candidate));
}

function requireSameData({ run }: RunStory, { versions }: Prepared): void {
  if (run.versions.space !== versions.space) {
    throw new NascentError(
      'data',
      `Expected the file ${run.configuration.space} to be as when run ${run.id} began, got another content, so its networks can't be built again.`,
    );
  }
  if (run.versions.data === versions.data) return;
  throw new NascentError(
    'data',
    `Expected the data of run ${run.id} to be as when it began, got other images from ${run.configuration.data}, so an export could not be checked.`,
  );
}

async function exportRequest(
  ledger: LedgerReader,
  { run }: RunStory,
  { space, configuration, data }: Prepared,
  { architecture, candidate, evaluation, validation, test }: TrainedCandidate,
): Promise<ExportRequest> {
  const weights = ledger.weights(run.id, evaluation);
  const predictions = ledger.predictions(run.id, evaluation);
  if (!weights || !predictions) {
    const what = `the weights and predictions of evaluation ${evaluation}`;
    throw new NascentError('ledger', `Expected ledger ${ledger.path} to hold ${what}, got none.`);
  }
  const { checkBatch } = await modules.batches();
  const provenance = {
    run: run.id,
    candidate,
    evaluation,
    measures: { validationAccuracy: validation, ...(test !== undefined && { testAccuracy: test }) },
    space: configuration.space,
    spaceOptions: configuration.spaceOptions,
    skeleton: configuration.trainSkeleton as JsonObject,
    data: configuration.data,
    seed: configuration.seed,
    engine: configuration.engine,
    versions: run.versions,
  };
  return {
    space,
    architecture,
    network: space.network(space.parse(architecture), configuration.trainSkeleton),
    weights,
    normalization: data.normalization,
    predictions,
    checkImages: checkBatch(data, predictions.labels.length).images,
    provenance,
  };
}
