/** In what a measured number was come by otherwise than the published one beside it. */
import { counted, whole } from '../base/numbers.js';
import type { CheckedOptions } from './options.js';
import type { Preset, PresetPart } from './presets.js';
import type { StrategySummary } from './statistics.js';
import type { StudyResult } from './study.js';

/** What is given where a preset leaves something open. */
export type GivenOptions = Partial<
  Pick<CheckedOptions, 'samples' | 'data' | 'metric' | 'scoreBatch' | 'scoreSkeleton' | 'scoreBudget'>
>;

/** @returns what to know before a row is compared with what was published; empty where nothing is */
export function notesOf(
  preset: Preset,
  part: PresetPart,
  given: GivenOptions,
  result: StudyResult,
  { name, seeds, samples }: StrategySummary,
): string[] {
  const notes = tableNotes(preset, result);
  if (preset.published[result.space][result.dataset][name] === undefined) return notes;
  const most = Math.min(part.samples ?? result.architectures, result.architectures);
  if (samples !== most) notes.push(`at most ${counted(samples, 'sample')}, the preset has ${limitOf(part)}`);
  if (seeds !== preset.seeds) notes.push(`${counted(seeds, 'seed')}, the preset has ${preset.seeds}`);
  return [...notes, ...scoreNotes(preset, given)];
}

/** `2,000 of 15,625 architectures`, where not all of a space that can be counted are in question. */
export function architecturesTitle(count: number, spaceSize = 0): string {
  return `${count < spaceSize ? `${whole(count)} of ${whole(spaceSize)}` : whole(count)} architectures`;
}

function tableNotes(preset: Preset, { space, architectures, spaceSize, epochs }: StudyResult): string[] {
  const notes: string[] = [];
  if (architectures < (spaceSize ?? 0)) notes.push(architecturesTitle(architectures, spaceSize));
  if (epochs !== preset.epochs[space]) notes.push(`${epochs} epochs, published ${preset.epochs[space]}`);
  return notes;
}

function scoreNotes({ scores, scoreBudget }: Preset, given: GivenOptions): string[] {
  if (!scores) return [];
  const { metric = scores.metric, scoreBatch = scores.batch, scoreSkeleton = {}, data = '' } = given;
  const [kind] = data.split(':');
  const notes: string[] = [];
  if (metric !== scores.metric) notes.push(`scores of ${metric}, published ${scores.metric}`);
  if (kind !== scores.data) notes.push(`scored on ${kind} images, published ${scores.data}`);
  if (scoreBatch !== scores.batch) notes.push(`scored on ${scoreBatch} images at once, published ${scores.batch}`);
  const skeleton = Object.entries(scoreSkeleton).map(([name, value]) => `${name}=${value}`);
  if (skeleton.length > 0) notes.push(`scored with ${skeleton.join(' and ')}`);
  const budget = given.scoreBudget ?? scoreBudget;
  if (budget < scoreBudget) notes.push(`at most ${budget} scored a run, the preset has ${whole(scoreBudget)}`);
  return notes;
}

function limitOf({ samples }: PresetPart): string {
  return samples === undefined ? 'no limit' : whole(samples);
}
