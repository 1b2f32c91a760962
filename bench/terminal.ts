/**
 * What the terminal interface costs, in a real terminal (tmux): the time to the first frame, a run of 100,000 candidates, and the share
 * of a core that it takes with 50 events a second.
 *
 *   npm run build && npx tsx bench/terminal.ts [first] [large] [shares]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunConfiguration } from '../src/contracts/run.js';
import { openLedger } from '../src/log/open.js';
import { Tmux } from '../test/flow/tmux.js';
import { ARCHITECTURE, CONFIGURATION } from '../test/unit/ui/story.js';

const MAIN = resolve(import.meta.dirname, '../dist/src/cli/main.js');
const FEED = `--import ${import.meta.resolve('tsx')} ${resolve(import.meta.dirname, 'terminal-feed.ts')}`;
const CANDIDATES = 100_000;
const EVENTS_A_SECOND = 50;
const SECONDS = 20;
/** Of a run that goes on, before the share is taken: what runs again and again is compiled by then. */
const WARM_UP = 15;

const folder = mkdtempSync(join(tmpdir(), 'nascent-terminal-'));

/** Milliseconds from the start of the command until the screen shows the text. */
async function timeTo(words: string, text: string | RegExp): Promise<{ milliseconds: number; screen: Tmux }> {
  const began = performance.now();
  const screen = new Tmux(`${process.execPath} ${MAIN} ${words}`, { folder });
  await screen.shows(text);
  return { milliseconds: performance.now() - began, screen };
}

/** Adds candidates to a run, as a search would. */
function score(ledger: ReturnType<typeof openLedger>, run: string, candidate: number): void {
  const value = 1000 + ((candidate * 7919) % 1000);
  const provenance = { metric: 'naswot', settings: {}, seed: 1, batch: 'b', engine: 'onnxruntime', version: '1' };
  const cost = { parameters: 344_346, multiplyAdds: 47_105_000 };
  const row = { candidate, architecture: ARCHITECTURE, ...cost };
  ledger.recordScore(run, row, { candidate, provenance, value, seconds: 0.1 });
}

function begin(ledger: ReturnType<typeof openLedger>, total: number): string {
  const configuration: RunConfiguration = { ...CONFIGURATION, spaceOptions: {}, count: total };
  const { id } = ledger.createRun(configuration, {});
  ledger.recordEvent(id, { type: 'run-started', configuration, versions: {}, resumed: false });
  ledger.recordEvent(id, { type: 'stage-started', stage: 'score', total, done: 0 });
  return id;
}

async function firstFrame(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    const { milliseconds, screen } = await timeTo(
      `search --ledger first${i}.sqlite --count 5000`,
      /a search begins|q quit/,
    );
    await screen.shows('q quit');
    const whole = performance.now() - began;
    console.log(`first frame of a search: ${milliseconds.toFixed(0)} ms, with its keys ${whole.toFixed(0)} ms`);
    screen.send('C-c', 'C-c');
    await screen.shows('ended with');
    screen.close();
  }
}

/** From a key until what it changes has changed, in words; tmux's own calls are part of it. */
async function timeOfKey(screen: Tmux, key: string, what = () => screen.screen(true).join('\n')): Promise<string> {
  const before = what();
  const pressed = performance.now();
  screen.send(key);
  while (what() === before) await wait(1);
  return `${(performance.now() - pressed).toFixed(0)} ms`;
}

async function largeRun(): Promise<void> {
  const ledger = openLedger(join(folder, 'large.sqlite'));
  const run = begin(ledger, CANDIDATES);
  for (let candidate = 1; candidate <= CANDIDATES; candidate++) score(ledger, run, candidate);
  ledger.recordEvent(run, { type: 'run-finished', seconds: 1 });
  ledger.setStatus(run, 'finished');
  ledger.close();
  for (let i = 0; i < 3; i++) {
    const opened = await timeTo('watch --ledger large.sqlite', /scor(ed|ing) .*\d{4}[\s\S]*q quit/);
    // More of the run changes the screen as well, but not the place of the pointer.
    const pointer = () => String(opened.screen.screen().findIndex((line) => line.startsWith('❯')));
    console.log(`  Down answers in ${await timeOfKey(opened.screen, 'Down', pointer)} while it reads`);
    opened.screen.send('q');
    await opened.screen.shows('ended with');
    opened.screen.close();
    const { milliseconds, screen } = await timeTo('watch --ledger large.sqlite', 'scored 100000');
    console.log(
      `${CANDIDATES} candidates: opens in ${opened.milliseconds.toFixed(0)} ms, all read in ${milliseconds.toFixed(0)} ms`,
    );
    for (const key of ['Down', 'Down', 'NPage', 'Up', 'Enter', 'Escape', 'End', 'Home']) {
      console.log(`  ${key} answers in ${await timeOfKey(screen, key)}`);
    }
    screen.close();
  }
}

/** Seconds of a processor that the process has used so far, all its threads, to the nanosecond (Linux: proc_pid_schedstat(5)). */
function processorSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map(
    (thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0],
  );
  return nanoseconds.reduce((total, each) => total + Number(each), 0) / 1e9;
}

/** Share of a core, in percent, that a command takes once it runs. It writes its process id to the file `pid`. */
async function shareOf(words: string, size: { readonly columns: number; readonly rows: number }): Promise<number> {
  const screen = new Tmux(`bash -c 'echo $$ > pid; exec ${process.execPath} ${words}'`, { folder, ...size });
  await wait(WARM_UP * 1000);
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  const [began, used] = [performance.now(), processorSeconds(pid)];
  await wait(SECONDS * 1000);
  const share = (100_000 * (processorSeconds(pid) - used)) / (performance.now() - began);
  screen.close();
  return share;
}

async function sharesOfCore(): Promise<void> {
  const ledger = openLedger(join(folder, 'live.sqlite'));
  const run = begin(ledger, 1_000_000);
  let candidate = 0;
  const writer = setInterval(() => score(ledger, run, ++candidate), 1000 / EVENTS_A_SECOND);
  const told = await shareOf(`${FEED} ${EVENTS_A_SECOND} nothing`, { columns: 80, rows: 24 });
  console.log(`${EVENTS_A_SECOND} events a second without a screen: ${told.toFixed(1)} % of a core`);
  for (const size of [
    { columns: 80, rows: 24 },
    { columns: 160, rows: 50 },
  ]) {
    const live = await shareOf(`${FEED} ${EVENTS_A_SECOND} screen`, size);
    const watched = await shareOf(`${MAIN} watch --ledger live.sqlite`, size);
    const shares = `with the screen of a search ${live.toFixed(1)} %, in nascent watch ${watched.toFixed(1)} %`;
    console.log(`${size.columns}×${size.rows}: ${shares}`);
  }
  clearInterval(writer);
  ledger.close();
}

const PARTS = { first: firstFrame, large: largeRun, shares: sharesOfCore };

try {
  const wanted = process.argv.slice(2);
  for (const [name, measure] of Object.entries(PARTS))
    if (wanted.length === 0 || wanted.includes(name)) await measure();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
