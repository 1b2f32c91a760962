/** The candidates of a run in their order of merit, kept up to date as they come; made for a hundred thousand of them. */
import type { RunEvent } from '../contracts/run.js';
import type { FitReport } from '../contracts/sampler.js';

export interface CandidateView {
  readonly candidate: number;
  readonly architecture: string;
  readonly score?: number;
  /** Why there is no score. */
  readonly failure?: string;
  /** The candidate whose score it shares, the metric not telling the two apart. */
  readonly sharedWith?: number;
  readonly seconds: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Validation accuracy as the sampler predicted it before, in the sampler's scale. */
  predicted?: number;
  /** Best validation accuracy of its trainings. */
  validation?: number;
  /** Trainings that run. */
  training: number;
}

type Scored = Extract<RunEvent, { type: 'candidate-scored' }>;

export class Candidates {
  private readonly all: CandidateView[] = [];
  /** Proposal i is that of place i; candidates that were only asked for are no proposals. */
  private readonly proposals: CandidateView[] = [];
  /** By proposal, for those that are not recorded yet. */
  private readonly predictions = new Map<number, number>();
  private readonly ranked: CandidateView[] = [];
  private readonly listed = new Set<number>();
  private sorted = true;
  /** Whether a sampler has predicted any of them. */
  arePredicted = false;

  constructor(private readonly higherIsBetter: () => boolean) {}

  get count(): number {
    return this.all.length;
  }

  get(candidate: number): CandidateView | undefined {
    return this.all[candidate - 1];
  }

  /**
   * The trained by validation accuracy, then those in training, then the others by score; without those that share another one's score,
   * unless they are trained.
   */
  get inOrder(): readonly CandidateView[] {
    // What is added stands behind what is sorted: sorting that again takes about the time of one pass.
    if (!this.sorted) this.ranked.sort((a, b) => this.compare(a, b));
    this.sorted = true;
    return this.ranked;
  }

  add(event: Scored): void {
    const { candidate, architecture, value, failure, sharedWith, seconds, parameters, multiplyAdds, asked } = event;
    const cost = { seconds, parameters, multiplyAdds };
    const added: CandidateView = { candidate, architecture, score: value, failure, sharedWith, ...cost, training: 0 };
    this.all[candidate - 1] = added;
    if (sharedWith === undefined) this.rank(added);
    if (asked) return;
    added.predicted = this.predictions.get(this.proposals.length);
    this.predictions.delete(this.proposals.length);
    this.proposals.push(added);
  }

  predict(proposals: FitReport['proposals']): void {
    this.arePredicted ||= proposals.length > 0;
    for (const { proposal, mean } of proposals) {
      const known = this.proposals[proposal];
      if (known) known.predicted = mean;
      else this.predictions.set(proposal, mean);
    }
  }

  beginTraining(candidate: number): void {
    const found = this.get(candidate);
    if (!found) return;
    found.training++;
    this.rank(found);
  }

  /** @param validation absent where it failed or was stopped */
  endTraining(candidate: number, validation: number | undefined): void {
    const found = this.get(candidate);
    if (!found) return;
    found.training = Math.max(0, found.training - 1);
    if (validation !== undefined) found.validation = Math.max(found.validation ?? 0, validation);
    this.sorted = false;
  }

  private rank(candidate: CandidateView): void {
    if (!this.listed.has(candidate.candidate)) this.ranked.push(candidate);
    this.listed.add(candidate.candidate);
    this.sorted = false;
  }

  private compare(a: CandidateView, b: CandidateView): number {
    return (
      descending(a.validation, b.validation) ||
      b.training - a.training ||
      (this.higherIsBetter() ? descending(a.score, b.score) : descending(negative(a.score), negative(b.score))) ||
      a.candidate - b.candidate
    );
  }
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

/** Those without a value last. */
function descending(a: number | undefined, b: number | undefined): number {
  return (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY) || 0;
}
