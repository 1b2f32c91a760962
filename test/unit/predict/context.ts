/** What learning samplers are given in tests: real predictors, and runs on made-up values. */
import { resolve } from '../../../src/catalog.js';
import type { Predictor } from '../../../src/contracts/predictor.js';
import type { FitReport, Observation, Sampler, SamplerContext } from '../../../src/contracts/sampler.js';
import type { SearchSpace } from '../../../src/contracts/search-space.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';

/** Predictors of the catalogue. */
export const predictor: NonNullable<SamplerContext['predictor']> = async (name, random, options) =>
  (await resolve('predictors', name))({
    random,
    options,
    engine: async () => referenceBackend(),
    predictor: (member) => resolve('predictors', member),
  });

export interface Fit {
  readonly name: string;
  readonly width: number;
  readonly labels: readonly number[];
}

/** The same, with a record of what they were fitted to. */
export function recordedPredictor(): { predictor: typeof predictor; fits: Fit[] } {
  const fits: Fit[] = [];
  return {
    fits,
    predictor: async (name, random, options): Promise<Predictor> => {
      const made = await predictor(name, random, options);
      return {
        name: made.name,
        fit(features, labels) {
          fits.push({ name, width: features.width, labels: [...labels] });
          return made.fit(features, labels);
        },
      };
    },
  };
}

/** The same space for one who can neither list nor count it. */
export function unlistable<A>({ enumerate: _, size: __, ...space }: SearchSpace<A>): SearchSpace<A> {
  return space;
}

/** All observations of a run of `count` proposals, of which `done` have been made before. */
export async function runOf<A>(
  sampler: Sampler<A>,
  count: number,
  valueAt: (architecture: A, proposal: number) => number | undefined,
  done: readonly Observation<A>[] = [],
): Promise<Observation<A>[]> {
  const seen = [...done];
  while (seen.length < count) {
    const proposal = seen.length;
    const architecture = await sampler.propose(proposal, seen.slice(0, sampler.needs(proposal)));
    seen.push({ proposal, architecture, value: valueAt(architecture, proposal) });
  }
  return seen;
}

/** A context's `report`, and what it heard. */
export function recordedReports(): { report: (report: FitReport) => void; reports: FitReport[] } {
  const reports: FitReport[] = [];
  return { reports, report: (report) => void reports.push(report) };
}
