/**
 * The story of a run as it is told: whoever iterates reads the ledger from his own place on, so nothing is seen before it is written,
 * any number may listen, and a slow listener holds up nobody and no memory.
 */
import type { LedgerReader } from '../contracts/ledger.js';
import type { RunEvent } from '../contracts/run.js';
import { wakeOnce } from './wake.js';

export interface EventSource {
  readonly events: AsyncIterable<RunEvent>;
  /** The run is known: its events after `sequence` are told. `read` gives a ledger to read from for one look. */
  begin(run: string, sequence: number, read: <T>(look: (ledger: LedgerReader) => T) => T): void;
  changed(): void;
  /** No more events; with a failure, listeners throw it after the last. */
  end(failure?: { readonly error: unknown }): void;
}

/** Events read in one look. */
const AT_ONCE = 256;

/** @param listened is called when somebody begins to iterate */
export function eventSource(listened: () => void): EventSource {
  let next: ((after: number) => RunEvent[]) | undefined;
  let first = 0;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = wakeOnce();
  const announce = () => {
    const woken = wake;
    wake = wakeOnce();
    woken.fire();
  };

  async function* listen(): AsyncGenerator<RunEvent, void> {
    let last: number | undefined;
    while (true) {
      // Both are taken before the look: what is written during it wakes us again.
      const { fired } = wake;
      const over = ended;
      const batch = next?.(last ?? first) ?? [];
      for (const event of batch) {
        last = event.sequence;
        yield event;
      }
      if (batch.length > 0) continue;
      if (over) break;
      await fired;
    }
    if (failure) throw failure.error;
  }

  return {
    events: {
      [Symbol.asyncIterator]() {
        listened();
        return listen();
      },
    },
    begin(run, sequence, read) {
      first = sequence;
      next = (after) => read((ledger) => ledger.events(run, after, AT_ONCE));
      announce();
    },
    changed: announce,
    end(failed) {
      ended = true;
      failure = failed;
      announce();
    },
  };
}
