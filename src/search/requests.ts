/** What was asked for beside the stages: trainings and exports of single candidates, as soon as the machine has room for them. */
import { messageOf } from '../base/errors.js';
import { type ActiveRun, isFatal, recordEvent } from './active-run.js';

export class Requests {
  private readonly running = new Set<Promise<void>>();
  private fatal?: { readonly error: unknown };

  constructor(private readonly run: Pick<ActiveRun, 'id' | 'ledger' | 'changed'>) {}

  /** Begins the work; where it fails alone, the run is told so and goes on. */
  begin(what: string, work: () => Promise<unknown>): void {
    const done = work()
      .then(
        () => {},
        (error) => this.fail(what, error),
      )
      .finally(() => this.running.delete(done));
    this.running.add(done);
  }

  /** Waits for all of it. @throws what concerns the whole run */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.race(this.running);
    if (this.fatal) throw this.fatal.error;
  }

  private fail(what: string, error: unknown): void {
    if (isFatal(error)) this.fatal ??= { error };
    else recordEvent(this.run, { type: 'warning', message: `${what} failed: ${messageOf(error)}` });
  }
}
