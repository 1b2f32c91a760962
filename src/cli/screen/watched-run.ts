/** A run as it is read from the ledger, while another process may write it. */

import { moment } from '../../base/numbers.js';
import type { LedgerReader } from '../../contracts/ledger.js';
import type { RunConfiguration } from '../../contracts/run.js';
import type { Drawing } from '../../ui/candidate-details.js';
import { RunView } from '../../ui/run-view.js';
import { factsOf } from './facts.js';

/** Events that are read at once: few enough that keys are heard in between. */
const AT_ONCE = 5000;
/** Milliseconds between looks at a run that goes on. */
const INTERVAL = 400;
/** A process at work says something every ten seconds. */
const SILENCE = 30_000;

export class WatchedRun {
  readonly view = new RunView();
  drawing: Drawing = () => [];
  private last = 0;
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
    this.read();
  }

  /** Whether everything that the ledger holds has been read and no more is to come. */
  get isOver(): boolean {
    return this.view.isOver;
  }

  /** What there is to say beside the run's own remarks. */
  remark(now: number): string | undefined {
    const { view } = this;
    const silent = !view.isOver && view.last > 0 && now - view.last > SILENCE;
    if (!silent) return undefined;
    return `Nothing new since ${moment(view.last)}. If its process has ended: nascent resume ${this.id}`;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private read(): void {
    if (this.closed) return;
    const events = this.ledger.events(this.id, this.last, AT_ONCE);
    for (const event of events) {
      this.view.see(event);
      this.last = event.sequence;
    }
    if (events.length > 0) this.changed();
    // An interrupted run may be resumed while it is watched; a finished one stays as it is.
    if (events.length < AT_ONCE && this.view.state === 'finished') return;
    this.timer = setTimeout(() => this.read(), events.length === AT_ONCE ? 0 : INTERVAL);
  }
}
