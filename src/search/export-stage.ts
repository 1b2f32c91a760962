/** The export stage: the best network is written in every format asked for, checked by its exporter, and recorded. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NascentError } from '../base/errors.js';
import { sha256 } from '../base/hash.js';
import { modules } from '../catalog.js';
import type { Exporter, ExportRequest } from '../contracts/exporter.js';
import type { JsonObject } from '../contracts/json.js';
import type { ArtifactRow } from '../contracts/ledger.js';
import type { BestCandidate } from '../contracts/run.js';
import { type ActiveRun, recordEvent } from './active-run.js';

/**
 * Files are named after the run, so that runs that share a folder do not overwrite each other's.
 * @returns false where the run was told to stop before all were written
 */
export async function exportStage(run: ActiveRun, best: BestCandidate): Promise<boolean> {
  const { exporters, configuration, id, ledger } = run;
  if (exporters.length === 0) return true;
  const recorded = ledger.artifacts(id).filter(({ evaluation }) => evaluation === best.evaluation);
  const states = await Promise.all(exporters.map((exporter) => isThere(exporter, recorded)));
  const done = states.filter((there) => there).length;
  recordEvent(run, { type: 'stage-started', stage: 'export', total: exporters.length, done });
  const missing = exporters.filter((_, i) => !states[i]);
  if (missing.length === 0) return true;
  const request = await exportRequest(run, best);
  for (const exporter of missing) {
    if (run.signal.aborted) return false;
    const path = resolve(join(configuration.output, `${run.space.name}-${id}${exporter.extension}`));
    const check = await exporter.write(request, path);
    ledger.recordArtifact(id, {
      candidate: best.candidate,
      evaluation: best.evaluation,
      format: exporter.name,
      path,
      sha256: sha256(await readFile(path)),
      ...(check && { check }),
    });
    run.changed();
  }
  return true;
}

/** Whether an earlier part of this run has written the file, and it is still the same. */
async function isThere({ name }: Exporter, recorded: readonly ArtifactRow[]): Promise<boolean> {
  const artifact = recorded.find(({ format }) => format === name);
  if (!artifact) return false;
  const content = await readFile(artifact.path).catch(() => undefined);
  return content !== undefined && sha256(content) === artifact.sha256;
}

async function exportRequest(run: ActiveRun, best: BestCandidate): Promise<ExportRequest> {
  const { ledger, id, space, configuration, data } = run;
  const weights = ledger.weights(id, best.evaluation);
  const predictions = ledger.predictions(id, best.evaluation);
  if (!weights || !predictions) {
    throw new NascentError(
      'ledger',
      `Expected ledger ${ledger.path} to hold the weights of evaluation ${best.evaluation}.`,
    );
  }
  const { checkBatch } = await modules.batches();
  const batch = checkBatch(data, predictions.labels.length);
  if (batch.name !== predictions.batch) {
    throw new NascentError('ledger', `Expected predictions of ${batch.name}, got those of ${predictions.batch}.`);
  }
  return {
    space,
    architecture: best.architecture,
    network: space.network(space.parse(best.architecture), configuration.trainSkeleton),
    weights,
    normalization: data.normalization,
    predictions,
    checkImages: batch.images,
    provenance: provenanceOf(run, best),
  };
}

function provenanceOf({ id, configuration, versions }: ActiveRun, best: BestCandidate): JsonObject {
  return {
    run: id,
    candidate: best.candidate,
    evaluation: best.evaluation,
    measures: plain(best.measures),
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
