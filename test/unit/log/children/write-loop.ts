/** Writes a run until it is killed, and prints each event's sequence once the ledger says that it is kept. */
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openLedger } from '../../../../src/log/open.js';
import { candidate, checkpoint, configuration, epoch, recipe, score, versions } from './records.js';

const ledger = openLedger(process.argv[2]);
const { id } = ledger.createRun(configuration, versions);
await print(id);
for (let number = 1; ; number++) {
  await print(ledger.recordScore(id, candidate(number), score(number)).sequence);
  const start = { evaluation: number, candidate: number, stage: 'train', recipe } as const;
  await print(ledger.recordTrainingStarted(id, start, 0).sequence);
  await print(ledger.recordEpoch(id, number, epoch(1), checkpoint(1)).sequence);
  await print(ledger.recordEvent(id, { type: 'warning', message: `warning ${number}` }).sequence);
}

/** Synchronous, so that no line is lost in this process when it is killed; waits while the parent is slow to read. */
async function print(line: string | number): Promise<void> {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
      await setTimeout(1);
    }
  }
}
