import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import { isAlive, thisProcess } from '../../../src/log/process-identity.js';
import { configuration, runInTraining, versions } from './children/records.js';
import { afterTest, closing, directory, refusal, startChild } from './fixtures.js';

const warning = { type: 'warning', message: 'still here' } as const;

function ledgerPath(): string {
  return join(directory(), 'ledger.db');
}

/** Changes the claim of the only run behind the ledger's back. */
function tamper(path: string, assignments: string): void {
  const raw = new Database(path);
  raw.exec(`UPDATE claims SET ${assignments}`);
  raw.close();
}

test('a run held by a living process is refused, naming it; it is taken over once that process is killed', async () => {
  const path = ledgerPath();
  const holder = startChild('hold-run', [path]);
  const id = (await holder.line())!;
  const ledger = closing(openLedger(path));
  const error = refusal(() => ledger.claimRun(id));
  expect(error.message).toMatch(
    new RegExp(
      `^Run ${id} is being written by process ${holder.process.pid} on ${hostname()} since 20\\S+Z; wait until it ends, or stop it first\\.$`,
    ),
  );
  expect(error.exitCode).toBe(2);
  expect(refusal(() => ledger.recordEvent(id, warning)).message).toMatch(/is being written by process/);
  expect(ledger.events(id)).toEqual([]);
  await holder.kill();
  ledger.claimRun(id);
  expect(ledger.recordEvent(id, warning).sequence).toBe(1);
});

test('closing a ledger gives its runs back', async () => {
  const path = ledgerPath();
  const holder = startChild('hold-run', [path]);
  const id = (await holder.line())!;
  const ledger = closing(openLedger(path));
  holder.process.stdin.end();
  expect(await holder.line()).toBeUndefined();
  ledger.claimRun(id);
});

test('of several processes that want one dead run, exactly one gets it', async () => {
  const path = ledgerPath();
  const dead = startChild('hold-run', [path]);
  const id = (await dead.line())!;
  await dead.kill();
  const rivals = [1, 2, 3, 4].map(() => startChild('hold-run', [path, id]));
  const answers = await Promise.all(rivals.map((rival) => rival.line()));
  expect(answers.filter((answer) => answer === id)).toHaveLength(1);
  expect(answers.filter((answer) => answer?.includes('is being written by process'))).toHaveLength(3);
});

test('two ledgers of one process do not share a run', () => {
  const path = ledgerPath();
  const first = openLedger(path);
  const { id } = first.createRun(configuration, versions);
  const second = closing(openLedger(path));
  expect(refusal(() => second.claimRun(id)).message).toBe(
    `Run ${id} is being written by this process already, through another open ledger; close that one first.`,
  );
  first.claimRun(id);
  first.close();
  expect(refusal(() => second.recordEvent(id, warning)).message).toBe(
    `Run ${id} has to be claimed by this process before it can be written.`,
  );
  second.claimRun(id);
  expect(second.recordEvent(id, warning).sequence).toBe(1);
});

test('a finished run is not taken again', () => {
  const ledger = closing(openLedger(ledgerPath()));
  const { id } = ledger.createRun(configuration, versions);
  ledger.setStatus(id, 'interrupted');
  ledger.claimRun(id);
  ledger.setStatus(id, 'finished');
  expect(refusal(() => ledger.claimRun(id)).message).toBe(`Run ${id} is finished, so there is nothing left to resume.`);
});

test('a finished run is taken to add to what was exported of it, one process at a time', () => {
  const path = ledgerPath();
  const first = openLedger(path);
  const id = runInTraining(first);
  first.setStatus(id, 'finished');
  const second = closing(openLedger(path));
  const finished = true;
  expect(refusal(() => second.claimRun(id, { finished })).message).toMatch(/is being written by this process already/);
  first.close();
  const artifact = { candidate: 1, evaluation: 1, format: 'onnx', path: '/models/a.onnx', sha256: 'ab' };
  expect(refusal(() => second.recordArtifact(id, artifact)).message).toMatch(/has to be claimed by this process/);
  second.claimRun(id, { finished });
  expect(second.recordArtifact(id, artifact)).toMatchObject({ type: 'exported', path: '/models/a.onnx' });
  expect(second.artifacts(id)).toMatchObject([artifact]);
  expect(second.run(id).status).toBe('finished');
});

test('a process number that was given to another process does not keep a run', () => {
  const path = ledgerPath();
  const first = closing(openLedger(path));
  const { id } = first.createRun(configuration, versions);
  tamper(path, `connection = 'another', process = ${process.ppid}`);
  const second = closing(openLedger(path));
  if (existsSync('/proc/self/stat')) second.claimRun(id);
  else expect(refusal(() => second.claimRun(id)).message).toMatch(/is being written by process/);
});

test('a holder in another container or on another host keeps its run as long as anyone has the ledger open', () => {
  const path = ledgerPath();
  const first = openLedger(path);
  const { id } = first.createRun(configuration, versions);
  tamper(path, "connection = 'another', machine = 'elsewhere', host = 'gpu-7', process = 1");
  const second = closing(openLedger(path));
  expect(refusal(() => second.claimRun(id)).message).toBe(
    `Run ${id} was last written by process 1 on gpu-7, which cannot be checked from here, and another program has this ledger open; close that one and try again.`,
  );
  first.close();
  second.claimRun(id);
  second.recordEvent(id, warning);
  const reader = closing(openLedgerReader(path, { busyTimeout: 0 }));
  expect(reader.events(id)).toHaveLength(1);
});

test('this process is alive, an ended one that nobody has waited for is not', async () => {
  expect(isAlive(thisProcess())).toBe(true);
  expect(isAlive({ process: 2 ** 22 + 1, started: null })).toBe(false);
  if (!existsSync('/proc/self/stat')) return;
  // Bash's child, once killed, stays a zombie, because `sleep`, which bash becomes, never waits for it.
  const parent = spawn('bash', ['-c', 'sleep 30 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'inherit'] });
  afterTest(() => parent.kill('SIGKILL'));
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(output.toString());
  const fields = () => readFileSync(`/proc/${child}/stat`, 'latin1').split(' ');
  const started = fields()[21];
  expect(isAlive({ process: child, started })).toBe(true);
  while (readFileSync(`/proc/${parent.pid}/comm`, 'latin1') !== 'sleep\n') await setTimeout(20);
  process.kill(child, 'SIGKILL');
  while (fields()[2] !== 'Z') await setTimeout(20);
  expect(fields()[21]).toBe(started);
  expect(isAlive({ process: child, started })).toBe(false);
});
