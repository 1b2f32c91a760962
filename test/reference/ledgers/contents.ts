/** Everything that a ledger's readers say, as plain data. */
import type { LedgerReader } from '../../../src/contracts/ledger.js';

export function contents(ledger: LedgerReader): unknown {
  const runs = ledger.runs().map((run) => ({
    run,
    candidates: ledger.candidates(run.id),
    scores: ledger.scores(run.id),
    artifacts: ledger.artifacts(run.id),
    events: ledger.events(run.id),
    evaluations: ledger.evaluations(run.id).map((evaluation) => ({
      ...evaluation,
      epochs: ledger.epochs(run.id, evaluation.evaluation),
      checkpoint: ledger.checkpoint(run.id, evaluation.evaluation),
      weights: ledger.weights(run.id, evaluation.evaluation),
      predictions: ledger.predictions(run.id, evaluation.evaluation),
    })),
  }));
  return JSON.parse(
    JSON.stringify(runs, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value)),
  );
}
