/** The lines above the table: what runs, how far it is, and the best so far. */
import { duration, millions, percent } from '../base/numbers.js';
import type { Stage } from '../contracts/run.js';
import { Block } from './block.js';
import type { RunView } from './run-view.js';
import { apart, COLOURS, fitted, type Theme } from './theme.js';

interface StatusProps {
  readonly view: RunView;
  readonly columns: number;
  readonly theme: Theme;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const BAR = 16;
const PAST: Readonly<Record<Stage, string>> = { score: 'scored', train: 'trained', retrain: 'retrained', export: 'exported' };

export function Status(props: StatusProps) {
  return (
    <>
      <Heading {...props} />
      <StageLine {...props} />
      <BestLine {...props} />
      <Rule {...props} />
    </>
  );
}

function Heading({ view, columns, theme, now }: StatusProps) {
  const right = `${view.state} ${duration(view.seconds(now))}`;
  const left = whatRuns(view, columns - right.length - 1, theme);
  return (
    <Block columns={columns} bold>
      {apart(left, right, columns, theme)}
    </Block>
  );
}

/** Space, data, strategy, engine and seed; where not all fit, what is cut is the data's path. */
function whatRuns({ configuration }: RunView, room: number, theme: Theme): string {
  if (!configuration) return 'nascent';
  const { space, data, sampler, engine, seed } = configuration;
  const joined = (images: string) => [space, images, sampler, engine, `seed ${seed}`].join(` ${theme.between} `);
  const excess = joined(data).length - room;
  return excess > 0 ? joined(fitted(data, Math.max(1, data.length - excess), theme)) : joined(data);
}

function Rule({ view, columns, theme }: StatusProps) {
  const run = view.id === '' ? '' : ` run ${view.id} `;
  const line = `${theme.rule.repeat(2)}${run}`.padEnd(columns, theme.rule).slice(0, columns);
  return (
    <Block columns={columns} dimColor>
      {line}
    </Block>
  );
}

function StageLine({ view, columns, theme }: StatusProps) {
  const { stage, past, state } = view;
  if (!stage) {
    const words = state === 'starting' ? 'reading the data and starting the engine' : ' ';
    return <Block columns={columns}>{fitted(words, columns, theme)}</Block>;
  }
  const behind = past.map((each) => `${PAST[each.stage]} ${each.done} ${theme.done}`);
  const share = stage.total === 0 ? 1 : Math.min(1, stage.done / stage.total);
  const full = Math.round(share * BAR);
  const bar = theme.full.repeat(full) + theme.empty.repeat(BAR - full);
  const remaining = view.isOver || state === 'paused' ? undefined : stage.remaining;
  const current = [`${stage.title} ${bar} ${stage.done}/${stage.total}`, view.isOver ? undefined : stage.pace, remaining];
  const isBehind = view.state === 'finished';
  const shown = isBehind ? [...behind, `${PAST[stage.stage]} ${stage.done} ${theme.done}`] : [...behind, ...current];
  return (
    <Block columns={columns} color={state === 'paused' ? COLOURS.running : undefined}>
      {fitted(shown.filter(Boolean).join(', '), columns, theme)}
    </Block>
  );
}

function BestLine({ view, columns, theme }: StatusProps) {
  const best = view.bestTraining;
  const used = view.resources;
  const right = used ? `${used.workers} workers, ${Math.round(used.memory / 1e6)} MB` : '';
  if (!best) {
    return (
      <Block columns={columns} dimColor>
        {apart('nothing trained yet', right, columns, theme)}
      </Block>
    );
  }
  const candidate = view.candidates.get(best.candidate);
  const test = best.test === undefined ? '' : `, test ${percent(best.test)}`;
  const cost = candidate ? `, ${millions(candidate.parameters)} parameters` : '';
  const words = `best: ${percent(best.validation!)} validation${test}, candidate ${best.candidate}${cost}`;
  return (
    <Block columns={columns} color={COLOURS.best}>
      {apart(words, right, columns, theme)}
    </Block>
  );
}
