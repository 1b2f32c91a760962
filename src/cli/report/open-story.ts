/** A run's story with what only the catalogue knows: which way its metric points, and the networks that were trained. */
import { modules, resolve } from '../../catalog.js';
import type { LedgerReader } from '../../contracts/ledger.js';
import { type RunStory, runStory } from './story.js';

export const DEFAULT_TOP = 10;

export async function storyOf(ledger: LedgerReader, id: string, top = DEFAULT_TOP): Promise<RunStory> {
  const { space: name, spaceOptions, metric, trainSkeleton } = ledger.run(id).configuration;
  const { higherIsBetter } = await resolve('metrics', metric);
  const space = (await resolve('spaces', name))(spaceOptions);
  const { architectureCost } = await modules.network();
  const trainedCost = (text: string) => architectureCost(space, space.parse(text), trainSkeleton);
  return runStory(ledger, id, { top, higherIsBetter, trainedCost });
}
