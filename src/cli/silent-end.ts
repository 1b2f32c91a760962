/** A command that stops short without a word would look like one that is done. */

/**
 * Node ends without a word (exit code 13) where nothing is left that could settle what a command waits for.
 * @returns to be called when the command has ended properly
 */
export function refuseSilentEnd(): () => void {
  const complain = (code: number) => {
    if (code !== 13) return;
    process.stderr.write('nascent: The work stopped before its end, which is a mistake of this program.\n');
    process.exitCode = 1;
  };
  process.once('exit', complain);
  return () => process.off('exit', complain);
}
