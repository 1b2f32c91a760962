/** Ctrl-C, kill -9 and closed pipes: nothing that was recorded is lost, and every run can be resumed. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/contracts/run.js';
import { openLedgerReader } from '../../src/log/open.js';
import { jsonLines, nascent, startNascent, TINY, temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();
const SMALL = [...TINY, '--count', '12', '--train', '1', '--format', 'none'];

const start = (ledger: string, count = '5000') =>
  startNascent(['search', ...SMALL, '--count', count, '--ledger', ledger, '--json'], { folder });

/** What a ledger's only run says of its candidates and of its winner, however many processes it took. */
function outcome(ledger: string) {
  const reader = openLedgerReader(join(folder, ledger));
  try {
    const events = reader.events(reader.runs()[0].id);
    const last = events.at(-1);
    return {
      scored: events.flatMap((event) =>
        event.type === 'candidate-scored' ? [`${event.candidate} ${event.architecture} ${event.value}`] : [],
      ),
      best: last?.type === 'run-finished' ? last.best : undefined,
      numbered: events.every(({ sequence }, i) => sequence === i + 1),
    };
  } finally {
    reader.close();
  }
}

describe('an interrupted search', () => {
  test('after one Ctrl-C saves, says how to go on, and ends with 130', async () => {
    const search = start('once.sqlite');
    await search.waitFor('candidate-scored');
    search.child.kill('SIGINT');
    const ended = await search.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/Finishing what is in flight and saving/);
    expect(ended.stderr).toMatch(/Interrupted\. Go on with: nascent resume \w+ --ledger once\.sqlite\n$/);
    expect(jsonLines<RunEvent>(ended.stdout).at(-1)?.type).toBe('run-interrupted');
    const [run] = jsonLines((await nascent(['runs', '--ledger', 'once.sqlite', '--json'], { folder })).stdout);
    expect(run.status).toBe('interrupted');
  });

  test('after two Ctrl-C ends at once with 130', async () => {
    const search = start('twice.sqlite');
    await search.waitFor('candidate-scored');
    search.child.kill('SIGINT');
    search.child.kill('SIGTERM');
    const ended = await search.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/Go on with: nascent resume \w+ --ledger twice\.sqlite/);
  });

  test('after kill -9 goes on to the result it would have had', async () => {
    await Promise.all([start('whole.sqlite', '60').ended, killedSearch('killed.sqlite')]);
    const resumed = await nascent(['resume', '--ledger', 'killed.sqlite', '--json'], { folder });
    expect(resumed.code).toBe(0);
    const whole = outcome('whole.sqlite');
    expect(whole).toMatchObject({ numbered: true, best: { measures: expect.anything() } });
    expect(whole.scored).toHaveLength(60);
    expect(outcome('killed.sqlite')).toEqual(whole);
  });

  test('whose reader has gone stops without a word', async () => {
    const search = start('unread.sqlite');
    await search.waitFor('candidate-scored');
    search.child.stdout?.destroy();
    const ended = await search.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toMatch(/EPIPE|Error|Interrupted/);
  });
});

/** A search that is killed somewhere in its scores. */
async function killedSearch(ledger: string): Promise<void> {
  const search = start(ledger, '60');
  await search.waitFor('"candidate":3');
  search.child.kill('SIGKILL');
  await search.ended;
}
