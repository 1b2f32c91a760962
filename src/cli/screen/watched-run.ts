/** A run as it is read from the ledger, while another process may write it. */

import { moment } from '../../base/numbers.js';
import type { LedgerReader } from '../../contracts/ledger.js';
import type { RunConfiguration } from '../../contracts/run.js';
import type { Drawing } from '../../ui/candidate-details.js';
import { RunView } from '../../ui/run-view.js';
import { factsOf } from './facts.js';

/** Events that are read at once: few enough that keys are heard in between. */
const AT_ONCE = 2_500;
/** Milliseconds after which the first frame no longer waits for more of the run: a short one is read whole. */
const FIRST_LOOK = 100;
/** Milliseconds between looks at a run that goes on. */
const INTERVAL = 500;
/** A process at work says something every ten seconds. */
const SILENCE = 30_000;

export class WatchedRun {
  readonly view = new RunView();
  drawing: Drawing = () => [];
  /** Number of the last event that was read. */
  private last = 0;
  /** Whether the ledger held no more when it was last looked into. */
  private isCaughtUp = false;
  private timer?: NodeJS.Timeout;
  private closed = false;

  /** @param changed is called when there is more to see */
  constructor(
    private readonly ledger: LedgerReader,
    readonly id: string,
    private readonly ascii: boolean,
    private readonly changed: () => void,
  ) {}

  /** Reads on and on, until `close`. @throws what the ledger or the catalogue throws at first */
  async begin(configuration: RunConfiguration): Promise<void> {
    const { higherIsBetter, drawing } = await factsOf(configuration, this.ascii);
    this.view.higherIsBetter = higherIsBetter;
    this.drawing = drawing;
    const began = performance.now();
    do this.read();
    while (!this.isCaughtUp && performance.now() - began < FIRST_LOOK);
    this.goOn();
  }

  /** What there is to say beside the run's own remarks. */
  remark(now: number): string | undefined {
    const { view } = this;
    if (!this.isCaughtUp) return `Reading the run: ${this.last} events so far.`;
    const silent = !view.isOver && view.last > 0 && now - view.last > SILENCE;
    if (!silent) return undefined;
    return `Nothing new since ${moment(view.last)}. If its process has ended: nascent resume ${this.id}`;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private read(): void {
    const events = this.ledger.events(this.id, this.last, AT_ONCE);
    for (const event of events) this.view.see(event);
    this.last = events.at(-1)?.sequence ?? this.last;
    this.isCaughtUp = events.length < AT_ONCE;
    if (events.length > 0) this.changed();
  }

  /** Reads again, soon; an interrupted run may be resumed while it is watched, a finished one stays as it is. */
  private goOn(): void {
    if (this.closed || (this.isCaughtUp && this.view.state === 'finished')) return;
    const again = () => {
      this.read();
      this.goOn();
    };
    this.timer = setTimeout(again, this.isCaughtUp ? INTERVAL : 0);
  }
}
