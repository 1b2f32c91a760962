/** The runs of a ledger as a list to go through. */
import { Box, Text, useInput } from 'ink';
import { useRef, useState } from 'react';
import { moment, percent } from '../base/numbers.js';
import type { RunStatus } from '../contracts/run.js';
import type { Size } from './layout.js';
import { COLOURS, fitted, type Theme } from './theme.js';

export interface RunSummary {
  readonly id: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly space: string;
  readonly data: string;
  readonly scored: number;
  readonly trained: number;
  /** Best validation accuracy among the trained. */
  readonly validation: number | undefined;
}

interface RunsScreenProps {
  /** Latest first. */
  readonly runs: readonly RunSummary[];
  readonly size: Size;
  readonly theme: Theme;
  readonly onOpen: (run: string) => void;
  readonly onLeave: (how: 'quit' | 'interrupt') => void;
}

const AROUND = 3;

export function RunsScreen({ runs, size, theme, onOpen, onLeave }: RunsScreenProps) {
  const [place, setPlace] = useState(0);
  const latest = useRef(place);
  useInput((input, key) => {
    const by = key.upArrow || input === 'k' ? -1 : key.downArrow || input === 'j' ? 1 : 0;
    latest.current = Math.min(runs.length - 1, Math.max(0, latest.current + by));
    setPlace(latest.current);
    if (key.return) onOpen(runs[latest.current].id);
    if (input === 'q' || key.escape) onLeave('quit');
    if (key.ctrl && input === 'c') onLeave('interrupt');
  });
  const room = Math.max(1, size.rows - AROUND);
  const start = Math.max(0, Math.min(place - Math.floor(room / 2), runs.length - room));
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Text bold>{fitted(`nascent ${theme.between} ${runs.length} runs`, size.columns, theme)}</Text>
      <Text dimColor>{fitted(`  ${HEADING}`, size.columns, theme)}</Text>
      <Box flexDirection="column" height={room}>
        {runs.slice(start, start + room).map((run) => (
          <Text key={run.id} inverse={run === runs[place]} color={COLOUR_OF[run.status]} wrap="truncate">
            {fitted(`${run === runs[place] ? theme.pointer : ' '} ${lineOf(run)}`, size.columns, theme)}
          </Text>
        ))}
      </Box>
      <Text dimColor>{fitted(`q quit  ${theme.up}${theme.down} move  ${theme.enter} open`, size.columns, theme)}</Text>
    </Box>
  );
}

const COLOUR_OF: Readonly<Record<RunStatus, string | undefined>> = {
  running: COLOURS.running,
  failed: COLOURS.failed,
  interrupted: undefined,
  finished: COLOURS.best,
};

const HEADING = ['run     ', 'status     ', 'began              ', 'scored', 'trained', 'validation', 'space, data'].join('  ');

function lineOf({ id, status, created, space, data, scored, trained, validation }: RunSummary): string {
  return [
    id.slice(0, 8).padEnd(8),
    status.padEnd(11),
    moment(created),
    String(scored).padStart(6),
    String(trained).padStart(7),
    (validation === undefined ? '-' : percent(validation)).padStart(10),
    `${space}, ${data}`,
  ].join('  ');
}
