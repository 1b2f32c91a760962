/**
 * When training has come to a stand, by the rule of scikit-learn's MLPRegressor, which the released WeakNAS code trains. (Its loss includes
 * the penalty of the weights, of which this one knows nothing: with a weight decay of 0 they are the same.)
 */

export interface EarlyStopSettings {
  /** How far below the lowest loss so far an epoch has to come, in half a mean squared error. */
  readonly tolerance: number;
  /** Epochs in a row that may fail to. */
  readonly patience: number;
  readonly stepsPerEpoch: number;
}

export class EarlyStop {
  reached = false;
  private lowest = Number.POSITIVE_INFINITY;
  private failed = 0;
  /** Of the epoch that is going on. */
  private readonly losses: number[] = [];

  constructor(private readonly settings: EarlyStopSettings) {}

  /** Steps that are done whatever their losses: the epochs that may fail yet, and the one too many. At least 1 until the stop is reached. */
  get certain(): number {
    const { patience, stepsPerEpoch } = this.settings;
    return (patience + 1 - this.failed) * stepsPerEpoch - this.losses.length;
  }

  /** Takes the mean squared errors of the steps that follow, of which there may be as many as are certain. */
  after(losses: readonly number[]): void {
    const { stepsPerEpoch } = this.settings;
    for (const loss of losses) {
      this.losses.push(loss);
      if (this.losses.length < stepsPerEpoch) continue;
      this.endOfEpoch(this.losses.splice(0).reduce((sum, each) => sum + each, 0) / (2 * stepsPerEpoch));
    }
  }

  private endOfEpoch(loss: number): void {
    const { tolerance, patience } = this.settings;
    // An epoch that comes to no number fails as well, and is refused where training ends.
    this.failed = loss <= this.lowest - tolerance ? 0 : this.failed + 1;
    this.lowest = Math.min(this.lowest, loss);
    this.reached = this.failed > patience;
  }
}
