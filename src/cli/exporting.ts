/** Exporting trained candidates of a run: each file is checked by its exporter against the predictions in the ledger. */
import { join } from 'node:path';
import { NascentError } from '../base/errors.js';
import type { Exporter } from '../contracts/exporter.js';
import type { ArtifactRow, LedgerReader } from '../contracts/ledger.js';
import type { Measures } from '../contracts/measures.js';
import { exportFile, exportRequest } from '../search/export-file.js';
import { type Prepared, prepare } from '../search/prepare.js';
import type { RunStory, TrainedCandidate } from './report/story.js';

export interface ExportOptions {
  readonly top: number;
  readonly exporters: readonly Exporter[];
  /** Folder of the files. */
  readonly output: string;
  /** Takes each file once it is checked. */
  readonly record: (artifact: Omit<ArtifactRow, 'created'>) => void;
}

export interface ExportedFile extends Omit<ArtifactRow, 'created'> {
  readonly architecture: string;
  readonly validation: number;
  readonly test: number | undefined;
}

/** The best trained candidates by validation, each in every format; each file is told once it is checked and recorded. */
export async function* exportBest(
  ledger: LedgerReader,
  story: RunStory,
  { top, exporters, output, record }: ExportOptions,
): AsyncGenerator<ExportedFile> {
  const { run } = story;
  // The run may be one of `nascent train`.
  const prepared = await prepare(run.configuration);
  requireSameData(story, prepared);
  for (const trained of bestOfEach(story.trained).slice(0, top)) {
    const { architecture, validation, test } = trained;
    const exported = { ...trained, measures: measuresOf(ledger, run.id, trained.evaluation) };
    const request = await exportRequest({ ...prepared, ledger, id: run.id, versions: run.versions }, exported);
    for (const exporter of exporters) {
      const name = `${prepared.space.name}-${run.id}-candidate${trained.candidate}${exporter.extension}`;
      const artifact = await exportFile(exporter, request, exported, join(output, name));
      record(artifact);
      yield { ...artifact, architecture, validation, test };
    }
  }
}

/** A winner that was trained again appears twice: its better training counts. */
export function bestOfEach(trained: readonly TrainedCandidate[]): TrainedCandidate[] {
  const seen = new Set<number>();
  return trained.filter(({ candidate }) => !seen.has(candidate) && seen.add(candidate));
}

function measuresOf(ledger: LedgerReader, run: string, evaluation: number): Measures {
  return ledger.evaluations(run).find((row) => row.evaluation === evaluation)!.measures!;
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
