/** `nascent show run`: the story of a run. */
import type { Command } from 'commander';
import { wholeNumber } from '../../base/errors.js';
import { LEDGER_SETTINGS, withReader } from '../ledger-option.js';
import { canDraw } from '../screen/capability.js';
import { loadBrowser } from '../screen/load.js';
import type { Flags } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

const DEFAULT_TOP = 10;

export function addShowRun(show: Command, terminal: Terminal): void {
  const command = show
    .command('run')
    .argument('<ID>', 'id of the run, or its beginning')
    .description('tell the story of a run: configuration, best scores, trained candidates, exported files')
    .option('--top <number>', `candidates in the list of best scores (default: ${DEFAULT_TOP})`)
    .option('--json', 'one object')
    .option('--plain', 'the text also in a terminal')
    .addHelpText('after', '\nExamples:\n  nascent show run 4f2a\n  nascent show run 4f2a --top 50 --json\n');
  addSettings(command, LEDGER_SETTINGS).action(async (id: string, flags: Flags) => {
    const top = wholeNumber('`top`', flags.top === undefined ? DEFAULT_TOP : Number(flags.top), 1);
    await withReader(terminal, flags, async (ledger) => {
      const isText = flags.json || flags.plain || flags.top !== undefined;
      if (!isText && canDraw(terminal)) {
        const { screen, watchOnScreen } = await loadBrowser(terminal, 'nascent: reading the run');
        return watchOnScreen(terminal, screen, ledger, ledger.run(id));
      }
      const { storyOf } = await import('../report/open-story.js');
      const story = await storyOf(ledger, id, top);
      if (flags.json) writeJson(terminal, story);
      else writeLines(terminal, (await import('../report/story-text.js')).storyLines(story));
    });
  });
}
