/** Opens a ledger (`write` or `read`) and prints what came of it as JSON. */
import { NascentError } from '../../../../src/base/errors.js';
import { openLedger } from '../../../../src/log/open.js';

const [path, mode] = process.argv.slice(2);
try {
  const ledger = openLedger(path, { readonly: mode === 'read' });
  console.log(JSON.stringify({ runs: ledger.runs().length }));
  ledger.close();
} catch (thrown) {
  const { code, message, exitCode } = thrown as NascentError;
  console.log(JSON.stringify({ expected: thrown instanceof NascentError, code, message, exitCode }));
}
