/** Events: the story of a run, numbered from 1 without gaps. */
import type { RunEvent, RunEventBody } from '../contracts/run.js';
import type { Connection } from './connection.js';
import { fromJson, toJson } from './plain.js';

interface StoredEvent {
  readonly sequence: number;
  readonly time: number;
  readonly body: string;
}

/** Adds an event after the run's last one; returns it as readers see it. Inside `write`, whose lock keeps numbers gapless. */
export function appendEvent(connection: Connection, run: string, event: RunEventBody): RunEvent {
  const { last } = connection.row<{ last: number }>(
    'SELECT coalesce(max(sequence), 0) AS last FROM events WHERE run = ?',
    run,
  )!;
  const stored = { sequence: last + 1, time: Date.now(), body: toJson(`event ${event.type}`, event) };
  connection.change(
    'INSERT INTO events (run, sequence, time, type, body) VALUES (?, ?, ?, ?, ?)',
    run,
    stored.sequence,
    stored.time,
    event.type,
    stored.body,
  );
  return runEvent(run, stored);
}

export function readEvents(
  connection: Connection,
  run: string,
  after = 0,
  limit = Number.POSITIVE_INFINITY,
): RunEvent[] {
  const events = connection.rows<StoredEvent>(
    'SELECT sequence, time, body FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    run,
    after,
    Number.isFinite(limit) ? limit : -1, // -1 is SQLite's word for no limit.
  );
  return events.map((stored) => runEvent(run, stored));
}

function runEvent(run: string, { sequence, time, body }: StoredEvent): RunEvent {
  return { ...fromJson<RunEventBody>(body), run, sequence, time };
}
