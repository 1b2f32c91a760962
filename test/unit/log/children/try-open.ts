/** Opens a ledger (`write`, `read`, or `record`, which adds an event to run ID) and prints what came of it as JSON. */
import { NascentError } from '../../../../src/base/errors.js';
import { openLedger } from '../../../../src/log/open.js';
import { configuration, versions } from './records.js';

const [path, mode] = process.argv.slice(2);
try {
  const ledger = openLedger(path, { readonly: mode === 'read' });
  if (mode === 'record') ledger.createRun(configuration, versions);
  console.log(JSON.stringify({ runs: ledger.runs().length }));
  ledger.close();
} catch (thrown) {
  const { code, message, exitCode } = thrown as NascentError;
  console.log(JSON.stringify({ expected: thrown instanceof NascentError, code, message, exitCode }));
}
