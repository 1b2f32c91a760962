/** What the screen of a run shows beside its events, and only the catalogue knows. */
import { resolve } from '../../catalog.js';
import type { RunConfiguration } from '../../contracts/run.js';
import type { Drawing } from '../../ui/candidate-details.js';
import { drawingOf } from '../drawing.js';

export interface RunFacts {
  readonly higherIsBetter: boolean;
  readonly drawing: Drawing;
}

export async function factsOf({ space, spaceOptions, metric }: RunConfiguration, ascii: boolean): Promise<RunFacts> {
  const { higherIsBetter } = await resolve('metrics', metric);
  const drawing = await drawingOf((await resolve('spaces', space))(spaceOptions), ascii);
  return { higherIsBetter, drawing };
}
