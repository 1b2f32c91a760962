/** Opens COUNT new ledgers in DIRECTORY, each at the same moment as its siblings do, and prints what was refused as JSON. */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openLedger } from '../../../../src/log/open.js';
import { configuration, versions } from './records.js';

/** Milliseconds between two ledgers. */
const PERIOD = 20;

const [directory, count] = process.argv.slice(2);
console.log('ready');
const [start] = await once(process.stdin, 'data');
const refused: string[] = [];
for (let index = 0; index < Number(count); index++) {
  await setTimeout(Math.max(0, Number(start) + index * PERIOD - Date.now()));
  try {
    const ledger = openLedger(join(directory!, `${index}`, 'ledger.db'));
    ledger.createRun(configuration, versions);
    ledger.close();
  } catch (thrown) {
    refused.push((thrown as Error).message);
  }
}
console.log(JSON.stringify(refused));
process.exit();
