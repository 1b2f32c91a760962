/** Processes that are killed while they write, read while another writes, and open one new ledger at the same time. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import { directory, expectGapless, startChild } from './fixtures.js';

test.each([40, 130, 700])('after kill -9, all %i events that were said to be written are there', async (count) => {
  const path = join(directory(), 'ledger.db');
  const writer = startChild('write-loop', [path]);
  const id = (await writer.line())!;
  let printed = 0;
  while (printed < count) printed = Number(await writer.line());
  await writer.kill();
  expect(writer.process.signalCode).toBe('SIGKILL');
  for (let line = await writer.line(); line !== undefined; line = await writer.line()) printed = Number(line);

  const reader = openLedgerReader(path);
  const seen = reader.events(id);
  reader.close();
  const ledger = openLedger(path);
  const events = ledger.events(id);
  expect(events).toEqual(seen);
  expect(events.length).toBeGreaterThanOrEqual(printed);
  expectGapless(events);
  const ofType = (type: string) => events.filter((event) => event.type === type).length;
  expect(ledger.candidates(id)).toHaveLength(ofType('candidate-scored'));
  expect(ledger.scores(id)).toHaveLength(ofType('candidate-scored'));
  expect(ledger.evaluations(id)).toHaveLength(ofType('training-started'));
  const trained = ofType('epoch');
  expect(ledger.checkpoint(id, trained)?.epoch).toBe(1);
  expect(ledger.checkpoint(id, trained + 1)).toBeUndefined();
  ledger.claimRun(id);
  expect(ledger.recordEvent(id, { type: 'warning', message: 'on we go' }).sequence).toBe(events.length + 1);
  ledger.close();
  expect(readdirSync(join(path, '..'))).toEqual(['ledger.db']);
});

test('another process reads whole records while one writes', async () => {
  const path = join(directory(), 'ledger.db');
  const writer = startChild('write-loop', [path]);
  const id = (await writer.line())!;
  const reader = openLedgerReader(path, { busyTimeout: 0 });
  let last = 0;
  for (let look = 0; look < 200; look++) {
    const printed = Number(await writer.line());
    const events = reader.events(id);
    expectGapless(events);
    expect(events.length).toBeGreaterThanOrEqual(Math.max(printed, last));
    // Looked at later than the events, so there may be more of them, never fewer.
    expect(reader.candidates(id).length).toBeGreaterThanOrEqual(
      events.filter((event) => event.type === 'candidate-scored').length,
    );
    last = events.length;
  }
  expect(last).toBeGreaterThanOrEqual(200);
  reader.close();
  expect(writer.process.exitCode).toBeNull();
  await writer.kill();
});

test('processes that open a new ledger at the same moment all get it', async () => {
  const path = directory();
  const count = 40;
  const children = Array.from({ length: 8 }, () => startChild('open-new', [path, `${count}`]));
  for (const child of children) expect(await child.line()).toBe('ready');
  for (const child of children) child.process.stdin.write(`${Date.now() + 100}\n`);
  for (const child of children) expect(JSON.parse((await child.line())!)).toEqual([]);
  for (let index = 0; index < count; index++) {
    const reader = openLedgerReader(join(path, `${index}`, 'ledger.db'));
    expect(reader.runs()).toHaveLength(8);
    reader.close();
  }
});
