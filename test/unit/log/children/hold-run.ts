/** Makes a run, or claims the one named, prints its id (or the refusal), and holds it until stdin ends. */
import { openLedger } from '../../../../src/log/open.js';
import { configuration, versions } from './records.js';

const [path, run] = process.argv.slice(2);
const ledger = openLedger(path);
try {
  if (run) ledger.claimRun(run);
  console.log(run ?? ledger.createRun(configuration, versions).id);
} catch (thrown) {
  console.log(String(thrown));
}
process.stdin.on('end', () => {
  ledger.close();
  process.exit();
});
process.stdin.resume();
