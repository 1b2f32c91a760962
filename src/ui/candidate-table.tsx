/** The table of candidates, best first: as many columns as fit, as many rows as there is room around the selected one. */
import { Box } from 'ink';
import { decimal, millions, percent } from '../base/numbers.js';
import { Block } from './block.js';
import type { CandidateView } from './candidates.js';
import type { RunView } from './run-view.js';
import { COLOURS, fitted, type Theme } from './theme.js';

interface CandidateTableProps {
  readonly view: RunView;
  readonly columns: number;
  /** Lines, the heading included. */
  readonly rows: number;
  /** Number of the selected candidate. */
  readonly selected: number | undefined;
  readonly theme: Theme;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly text: (candidate: CandidateView) => string;
}

export function CandidateTable({ view, columns, rows, selected, theme }: CandidateTableProps) {
  if (rows < 1) return null;
  const shown = columnsFor(view, columns);
  const order = view.candidates.inOrder;
  const place = Math.max(0, placeOf(view, selected));
  const room = rows - 1;
  const start = Math.max(0, Math.min(place - Math.floor(room / 2), order.length - room));
  const best = view.bestTraining?.candidate;
  return (
    <>
      <Block columns={columns} dimColor>
        {`  ${shown.map(({ title, width }) => title.padStart(width)).join(' ')}`}
      </Block>
      {order.slice(start, start + room).map((candidate) => {
        const isSelected = candidate === order[place];
        const words = shown.map(({ text, width }) => fitted(text(candidate), width, theme).padStart(width)).join(' ');
        return (
          <Block key={candidate.candidate} columns={columns} color={colourOf(candidate, best)} inverse={isSelected}>
            {`${isSelected ? theme.pointer : ' '} ${words}`.padEnd(columns)}
          </Block>
        );
      })}
      {order.length < room && <Box height={room - order.length} />}
    </>
  );
}

/** Place of a candidate in the table; −1 for none. */
export function placeOf({ candidates }: RunView, selected: number | undefined): number {
  const found = selected === undefined ? undefined : candidates.get(selected);
  return found ? candidates.inOrder.indexOf(found) : -1;
}

function colourOf({ candidate, training, validation, failure }: CandidateView, best: number | undefined) {
  if (training > 0) return COLOURS.running;
  if (candidate === best) return COLOURS.best;
  return failure !== undefined && validation === undefined ? COLOURS.failed : undefined;
}

/** In the order in which they stand; `keep` is the order in which they are kept where not all fit. */
function columnsFor(view: RunView, columns: number): Column[] {
  const metric = view.configuration?.metric ?? 'score';
  const all: (Column & { readonly keep: number })[] = [
    { keep: 0, title: 'candidate', width: 9, text: ({ candidate }) => String(candidate) },
    { keep: 2, title: metric, width: Math.max(9, metric.length), text: scoreOf },
    { keep: 5, title: 'predicted', width: 9, text: ({ predicted }) => optional(predicted, decimal) },
    { keep: 1, title: 'validation', width: 10, text: ({ validation }) => optional(validation, percent) },
    { keep: 3, title: 'parameters', width: 10, text: ({ parameters }) => millions(parameters) },
    { keep: 4, title: 'multiply-adds', width: 13, text: ({ multiplyAdds }) => millions(multiplyAdds) },
    { keep: 6, title: 'state', width: 10, text: stateOf(view) },
  ];
  const wanted = view.candidates.arePredicted ? all : all.filter(({ title }) => title !== 'predicted');
  let room = columns - 2;
  const kept = new Set<Column>();
  for (const column of wanted.toSorted((a, b) => a.keep - b.keep)) {
    if (column.width > room) break;
    room -= column.width + 1;
    kept.add(column);
  }
  const fitting: Column[] = wanted.filter((column) => kept.has(column));
  if (kept.size < wanted.length || room < 20) return fitting;
  return [...fitting, { title: 'architecture', width: room, text: ({ architecture }) => architecture.padEnd(room) }];
}

function scoreOf({ score, failure }: CandidateView): string {
  return failure === undefined ? optional(score, decimal) : 'none';
}

function stateOf(view: RunView): (candidate: CandidateView) => string {
  return (candidate) => {
    if (candidate.training > 0) {
      const running = view.running.find((training) => training.candidate === candidate.candidate);
      return running ? `epoch ${running.curve.length}/${running.epochs}` : 'in training';
    }
    if (candidate.validation !== undefined) return 'trained';
    return candidate.failure === undefined ? 'scored' : 'no score';
  };
}

function optional(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? '-' : text(value);
}
