/**
 * What a search does for its screen and nothing else: it tells events, so many a second, to the screen of a search or to nobody. Started by
 * `terminal.ts` in a terminal, after a build, and stopped from outside.
 *
 *   tsx bench/terminal-feed.ts EVENTS_A_SECOND screen|nothing
 */
import { resolve } from 'node:path';
import type { RunEventBody } from '../src/contracts/run.js';
import { ARCHITECTURE, CONFIGURATION } from '../test/unit/ui/story.js';

const [rate, face] = process.argv.slice(2);
const built = (path: string) => import(resolve(import.meta.dirname, '../dist/src/cli', path));

let sequence = 0;
let candidate = 0;
const see = face === 'screen' ? await screen() : () => {};
const configuration = { ...CONFIGURATION, spaceOptions: {} };
await tell({ type: 'run-started', configuration, versions: {}, resumed: false });
await tell({ type: 'stage-started', stage: 'score', total: 1_000_000, done: 0 });
setInterval(score, 1000 / Number(rate));

async function screen(): Promise<(event: unknown) => unknown> {
  const { processTerminal } = await built('terminal.js');
  const { loadLiveScreen } = await built('screen/load.js');
  const terminal = processTerminal();
  const loaded = await loadLiveScreen(terminal, 'nascent: a search begins');
  return loaded.openLiveScreen(terminal, loaded.screen, process.exit).see;
}

function tell(body: RunEventBody): unknown {
  return see({ ...body, run: 'abcd1234', sequence: ++sequence, time: Date.now() });
}

function score(): void {
  candidate++;
  const value = 1000 + ((candidate * 7919) % 1000);
  const cost = { seconds: 0.1, parameters: 344_346, multiplyAdds: 47_105_000 };
  tell({ type: 'candidate-scored', candidate, architecture: ARCHITECTURE, metric: 'naswot', value, ...cost });
}
