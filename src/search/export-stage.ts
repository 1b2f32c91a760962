/** The export stage: the best network is written in every format asked for, checked by its exporter, and recorded. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sha256 } from '../base/hash.js';
import type { Exporter } from '../contracts/exporter.js';
import type { ArtifactRow } from '../contracts/ledger.js';
import type { BestCandidate } from '../contracts/run.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import { type Exportable, exportFile, exportRequest } from './export-file.js';

/** @returns false where the run was told to stop before all were written */
export async function exportStage(run: ActiveRun, best: BestCandidate): Promise<boolean> {
  const { exporters, id, steering } = run;
  if (exporters.length === 0) return true;
  const missing = await missingExports(run, best);
  recordEvent(run, {
    type: 'stage-started',
    stage: 'export',
    total: exporters.length,
    done: exporters.length - missing.length,
  });
  if (missing.length === 0) return true;
  // Files are named after the run, so that runs that share a folder do not overwrite each other's.
  return writeExports(run, best, missing, `${run.space.name}-${id}`, () => steering.mayGoOn());
}

/** Exports a trained candidate that somebody asked for. */
export async function exportCandidate(run: ActiveRun, trained: Exportable): Promise<void> {
  const { space, id } = run;
  const name = `${space.name}-${id}-candidate${trained.candidate}`;
  await writeExports(run, trained, await missingExports(run, trained), name, async () => !run.signal.aborted);
}

/** @returns false where the run was told to stop before all were written */
async function writeExports(
  run: ActiveRun,
  trained: Exportable,
  exporters: readonly Exporter[],
  name: string,
  mayGoOn: () => Promise<boolean>,
): Promise<boolean> {
  const request = await exportRequest(run, trained);
  for (const exporter of exporters) {
    if (!(await mayGoOn())) return false;
    const path = resolve(join(run.configuration.output, name + exporter.extension));
    run.ledger.recordArtifact(run.id, await exportFile(exporter, request, trained, path));
    run.changed();
  }
  return true;
}

/** The formats that no earlier part of the run has written, or whose files have changed since. */
async function missingExports({ ledger, id, exporters }: ActiveRun, { evaluation }: Exportable): Promise<Exporter[]> {
  const recorded = ledger.artifacts(id).filter((artifact) => artifact.evaluation === evaluation);
  const states = await Promise.all(exporters.map((exporter) => isThere(exporter, recorded)));
  return exporters.filter((_, i) => !states[i]);
}

async function isThere({ name }: Exporter, recorded: readonly ArtifactRow[]): Promise<boolean> {
  const artifact = recorded.find(({ format }) => format === name);
  if (!artifact) return false;
  const content = await readFile(artifact.path).catch(() => undefined);
  return content !== undefined && sha256(content) === artifact.sha256;
}
