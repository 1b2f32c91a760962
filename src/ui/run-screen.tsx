/** The screen of a run, live or finished: where it stands, its candidates, its charts, and the keys that steer it. */
import { Box, useInput } from 'ink';
import { useRef, useState } from 'react';
import { messageOf } from '../base/errors.js';
import type { Steering } from '../contracts/steering.js';
import { Block } from './block.js';
import { CandidateDetails, type Drawing } from './candidate-details.js';
import { CandidateTable, placeOf } from './candidate-table.js';
import { Charts, chartCount } from './charts.js';
import { layoutFor, type Size } from './layout.js';
import { keyHelp, type RunAction, runActions } from './run-keys.js';
import type { RunView } from './run-view.js';
import { Status } from './status.js';
import { COLOURS, fitted, type Theme } from './theme.js';

export interface RunScreenProps {
  readonly view: RunView;
  readonly size: Size;
  readonly theme: Theme;
  readonly drawing: Drawing;
  /** Absent where the run is only watched. */
  readonly steering?: Steering;
  /** Said by whoever drives the screen, beside the run's own remarks. */
  readonly remark?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** `q`, or `interrupt` for Ctrl-C. */
  readonly onLeave: (how: 'quit' | 'interrupt') => void;
}

interface Choices {
  readonly selected?: number;
  readonly open: boolean;
  readonly firstChart: number;
  /** Answer to the last key. */
  readonly answer?: string;
}

export function RunScreen(props: RunScreenProps) {
  const { view, size, theme, drawing, steering, now } = props;
  const layout = layoutFor(size);
  const choices = useChoices(props, Math.max(1, layout.table - 2));
  const candidate = view.candidates.inOrder[Math.max(0, placeOf(view, choices.selected))];
  const { columns } = size;
  const isOpen = choices.open && candidate !== undefined;
  const help = { steerable: steering !== undefined && !view.isOver, open: isOpen, paused: view.state === 'paused' };
  return (
    <Box flexDirection="column" width={columns} height={size.rows}>
      <Status view={view} columns={columns} theme={theme} now={now} />
      {isOpen ? (
        <CandidateDetails {...{ view, candidate, drawing, columns, theme }} rows={layout.table + layout.charts} />
      ) : (
        <>
          <CandidateTable {...{ view, columns, theme }} rows={layout.table} selected={candidate?.candidate} />
          <Charts {...{ view, columns, theme }} rows={layout.charts} across={layout.across} first={choices.firstChart} />
        </>
      )}
      <Block columns={columns} color={COLOURS.running}>
        {fitted(remarkOf(props, choices), columns, theme) || ' '}
      </Block>
      <Block columns={columns} dimColor>
        {keyHelp({ ...help, train: view.wantedTrainings }, columns, theme)}
      </Block>
    </Box>
  );
}

/** The choices so far. Two keys may come between two frames, so the last ones are kept where the second finds them. */
function useChoices(props: RunScreenProps, page: number): Choices {
  const [choices, choose] = useState<Choices>({ open: false, firstChart: 0 });
  const latest = useRef({ props, page, choices });
  latest.current = { props, page, choices: latest.current.choices };
  useInput((input, key) => {
    const { current } = latest;
    for (const action of runActions(input, key, current.page)) {
      current.choices = after(current.props, current.choices, action);
    }
    choose(current.choices);
  });
  return choices;
}

function remarkOf({ remark, view }: RunScreenProps, { answer }: Choices): string {
  return answer ?? remark ?? view.reason ?? view.warning ?? '';
}

/** What is chosen after a key; what the key asks of the run is asked. */
function after(props: RunScreenProps, before: Choices, action: RunAction): Choices {
  const calm = { ...before, answer: undefined };
  switch (action.action) {
    case 'move':
      return { ...calm, selected: moved(props.view, before.selected, action.by) };
    case 'open':
      return { ...calm, open: true };
    case 'close':
      return { ...calm, open: false };
    case 'charts':
      return { ...calm, firstChart: (before.firstChart + 1) % Math.max(1, chartCount(props.view)) };
    case 'quit':
    case 'interrupt':
      props.onLeave(action.action);
      return calm;
    default:
      return { ...calm, answer: steer(props, before, action.action) };
  }
}

function moved({ candidates }: RunView, selected: number | undefined, by: number): number | undefined {
  const order = candidates.inOrder;
  const found = selected === undefined ? undefined : candidates.get(selected);
  const place = found ? order.indexOf(found) : 0;
  return order[Math.min(order.length - 1, Math.max(0, place + by))]?.candidate;
}

type SteeringAction = Extract<RunAction['action'], 'train' | 'export' | 'pause' | 'more' | 'fewer' | 'finish'>;

/** Asks the run; the answer is a sentence for the person. */
function steer({ view, steering }: RunScreenProps, { selected }: Choices, action: SteeringAction): string {
  if (!steering) return 'This run is only watched here, so it cannot be steered.';
  const candidate = view.candidates.inOrder[Math.max(0, placeOf(view, selected))]?.candidate;
  try {
    return ask(steering, view, action, candidate);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function ask(steering: Steering, view: RunView, action: SteeringAction, candidate: number | undefined): string {
  if (action === 'pause') {
    const isPaused = view.state === 'paused';
    if (isPaused) steering.continue();
    else steering.pause();
    return isPaused ? 'The run goes on.' : 'Paused: what is in flight goes on, nothing new begins.';
  }
  if (action === 'finish') {
    steering.finish();
    return 'Nothing new begins; the run stops when what is in flight has ended.';
  }
  if (action === 'more' || action === 'fewer') {
    const count = view.wantedTrainings + (action === 'more' ? 1 : -1);
    steering.trainCount(count);
    return `${count} are to be trained.`;
  }
  if (candidate === undefined) return 'There is no candidate yet.';
  if (action === 'train') steering.train(candidate);
  else steering.export(candidate);
  return action === 'train' ? `Candidate ${candidate} is trained next.` : `Candidate ${candidate} is being exported.`;
}
