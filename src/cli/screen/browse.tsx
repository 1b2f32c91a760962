/** Going through the runs of a ledger on a screen, or looking at one of them; nothing is changed. */
import type { LedgerReader, RunRow } from '../../contracts/ledger.js';
import type { ReactNode } from 'react';
import type { FullScreen } from '../../ui/full-screen.js';
import type { Size } from '../../ui/layout.js';
import { mount } from '../../ui/mount.js';
import { RunScreen } from '../../ui/run-screen.js';
import { RunsScreen, type RunSummary } from '../../ui/runs-screen.js';
import { themeFor } from '../../ui/theme.js';
import { endingOf } from '../failures.js';
import type { Terminal } from '../terminal.js';
import { isAsciiOnly } from './capability.js';
import { WatchedRun } from './watched-run.js';

/** Watches one run until the person leaves. */
export function watchOnScreen(terminal: Terminal, screen: FullScreen, ledger: LedgerReader, run: RunRow): Promise<void> {
  return browse(terminal, screen, ledger, [], run);
}

/** @param runs at least one, latest first */
export function browseRuns(
  terminal: Terminal,
  screen: FullScreen,
  ledger: LedgerReader,
  runs: readonly RunSummary[],
): Promise<void> {
  return browse(terminal, screen, ledger, runs);
}

async function browse(
  terminal: Terminal,
  whole: FullScreen,
  ledger: LedgerReader,
  runs: readonly RunSummary[],
  only?: RunRow,
): Promise<void> {
  const browser = new Browser(ledger, runs, isAsciiOnly(terminal), only);
  // So that the first frame shows the run, and not that it is yet to be read.
  await browser.begun;
  const screen = mount({ stdin: terminal.stdin!, screen: whole, draw: (size) => browser.draw(size) });
  browser.changed = screen.changed;
  try {
    if ((await browser.left) === 'interrupt') throw endingOf(terminal);
  } finally {
    browser.close();
    screen.leave();
  }
}

type Leaving = 'quit' | 'interrupt';

/** The list, or the run that was opened from it. */
class Browser {
  changed = () => {};
  /** Resolves when the person leaves. */
  readonly left: Promise<Leaving>;
  private leave!: (how: Leaving) => void;
  private fail!: (error: unknown) => void;
  /** Resolves when there is something to draw. */
  begun: Promise<void> = Promise.resolve();
  private watched?: WatchedRun;

  constructor(
    private readonly ledger: LedgerReader,
    private readonly runs: readonly RunSummary[],
    private readonly ascii: boolean,
    private readonly only?: RunRow,
  ) {
    this.left = new Promise((resolve, reject) => {
      this.leave = resolve;
      this.fail = reject;
    });
    if (only) this.open(only);
  }

  draw(size: Size): ReactNode {
    const { runs, ledger, watched } = this;
    const theme = themeFor(this.ascii);
    if (!watched) {
      return <RunsScreen {...{ runs, size, theme }} onOpen={(id) => this.open(ledger.run(id))} onLeave={this.leave} />;
    }
    const { view, drawing } = watched;
    const now = Date.now();
    const onLeave = (how: Leaving) => this.back(how);
    return <RunScreen {...{ view, size, theme, drawing, now, onLeave }} remark={watched.remark(now)} />;
  }

  close(): void {
    this.watched?.close();
    this.watched = undefined;
  }

  private open(row: RunRow): void {
    this.watched = new WatchedRun(this.ledger, row.id, this.ascii, () => this.changed());
    this.begun = this.watched.begin(row.configuration).catch(this.fail);
    this.changed();
  }

  private back(how: Leaving): void {
    if (how === 'interrupt' || this.only) return this.leave(how);
    this.close();
    this.changed();
  }
}
