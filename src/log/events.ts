/** Events: the story of a run, numbered from 1 without gaps. */
import chunk from 'lodash/chunk.js';
import type { RunEvent, RunEventBody } from '../contracts/run.js';
import type { Connection } from './connection.js';
import { fromJson, toJson } from './plain.js';

/** Adds an event after the run's last one; returns it as readers see it. Inside `write`, whose lock keeps numbers gapless. */
export function appendEvent(connection: Connection, run: string, event: RunEventBody): RunEvent {
  const { last } = connection.row<{ last: number }>(
    'SELECT coalesce(max(sequence), 0) AS last FROM events WHERE run = ?',
    run,
  )!;
  const sequence = last + 1;
  const time = Date.now();
  const body = toJson(`event ${event.type}`, event);
  connection.change(
    'INSERT INTO events (run, sequence, time, type, body) VALUES (?, ?, ?, ?, ?)',
    run,
    sequence,
    time,
    event.type,
    body,
  );
  return { ...fromJson<RunEventBody>(body), run, sequence, time };
}

/** Events that become one text before they are parsed: a text of all events of a long run could be longer than any may be. */
const PARSED_AT_ONCE = 10_000;

/** An event as readers see it, in JSON: its body with three more entries. A body is never empty, for it has its type. */
const EVENT = `substr(body, 1, length(body) - 1) || ',"run":' || json_quote(run) || ',"sequence":' || sequence || ',"time":' || time || '}'`;

export function readEvents(
  connection: Connection,
  run: string,
  after = 0,
  limit = Number.POSITIVE_INFINITY,
): RunEvent[] {
  const events = connection.texts(
    `SELECT ${EVENT} FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    run,
    after,
    Number.isFinite(limit) ? limit : -1, // -1 is SQLite's word for no limit.
  );
  return chunk(events, PARSED_AT_ONCE).flatMap((page) => fromJson<RunEvent[]>(`[${page.join(',')}]`));
}
