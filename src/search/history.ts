/** What the events of a run tell of its earlier parts and no table holds: what a run that is resumed has to know besides. */
import type { FitReport } from '../contracts/sampler.js';
import type { ActiveRun } from './active-run.js';

export interface History {
  /** Candidates that were not proposed: the sampler asked for their scores. */
  readonly asked: ReadonlySet<number>;
  readonly fits: readonly FitReport[];
  /** Evaluations that another one stands for. */
  readonly shared: ReadonlySet<number>;
  readonly warnings: ReadonlySet<string>;
}

export function historyOf({ ledger, id }: ActiveRun): History {
  const history = {
    asked: new Set<number>(),
    fits: [] as FitReport[],
    shared: new Set<number>(),
    warnings: new Set<string>(),
  };
  for (const event of ledger.events(id)) {
    if (event.type === 'candidate-scored' && event.asked) history.asked.add(event.candidate);
    if (event.type === 'predictor-fitted') history.fits.push(event);
    if (event.type === 'evaluation-shared') history.shared.add(event.evaluation);
    if (event.type === 'warning') history.warnings.add(event.message);
  }
  return history;
}
