/** Exported files. */
import type { ArtifactRow } from '../contracts/ledger.js';
import type { RunEvent } from '../contracts/run.js';
import type { Connection } from './connection.js';
import { appendEvent } from './events.js';
import { fromJson, toJson } from './plain.js';

interface StoredArtifact extends Omit<ArtifactRow, 'check'> {
  readonly checked: string | null;
}

export function readArtifacts(connection: Connection, run: string): ArtifactRow[] {
  const artifacts = connection.rows<StoredArtifact>(
    'SELECT candidate, evaluation, format, path, sha256, checked, created FROM artifacts WHERE run = ? ORDER BY entry',
    run,
  );
  return artifacts.map(({ checked, ...artifact }) => ({
    ...artifact,
    ...(checked !== null && { check: fromJson(checked) }),
  }));
}

/** An artifact takes the place of an earlier one at the same path, whose file it has overwritten. */
export function recordArtifact(connection: Connection, run: string, artifact: Omit<ArtifactRow, 'created'>): RunEvent {
  const { candidate, evaluation, format, path, sha256, check } = artifact;
  connection.change('DELETE FROM artifacts WHERE run = ? AND path = ?', run, path);
  connection.change(
    `INSERT INTO artifacts (run, candidate, evaluation, format, path, sha256, checked, created)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    run,
    candidate,
    evaluation,
    format,
    path,
    sha256,
    check === undefined ? null : toJson('check', check),
    Date.now(),
  );
  return appendEvent(connection, run, {
    type: 'exported',
    candidate,
    evaluation,
    format,
    path,
    sha256,
    check,
  });
}
