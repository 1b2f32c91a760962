/** `nascent export`: writes the best trained candidates of a run as files that run elsewhere. */
import { resolve as resolvePath } from 'node:path';
import type { Command } from 'commander';
import { NascentError, wholeNumber } from '../../base/errors.js';
import { percent } from '../../base/numbers.js';
import type { Ledger, LedgerReader, RunRow } from '../../contracts/ledger.js';
import type { ExportedFile, ExportOptions } from '../exporting.js';
import { latestRun, ledgerPath, withReader } from '../ledger-option.js';
import type { RunStory } from '../report/story.js';
import { type Flags, gatherSettings } from '../settings/gather.js';
import { addSettings, settingsNamed } from '../settings/options.js';
import { remark, type Terminal, writeJson, writeLines } from '../terminal.js';

const SETTINGS = settingsNamed(['ledger', 'format', 'output'], {
  format: { summary: 'export formats, by commas', fallback: 'those of the run' },
  output: { fallback: 'that of the run' },
});

export function addExport(program: Command, terminal: Terminal): void {
  const command = program
    .command('export')
    .description(
      'export the best trained candidates of a run by validation accuracy; each file is read back and checked',
    )
    .option('--run <id>', 'id of the run, or its beginning (default: the latest with a trained candidate)')
    .option('--top <number>', 'candidates to export (default: 1)')
    .option('--json', 'one object a file')
    .addHelpText('after', '\nExample:\n  nascent export --run 4f2a --top 3 --format onnx,json --output models\n');
  addSettings(command, SETTINGS).action(async (flags: Flags) => {
    const top = wholeNumber('`top`', flags.top === undefined ? 1 : Number(flags.top), 1);
    const settings = await gatherSettings(terminal, SETTINGS, flags);
    const path = await ledgerPath(terminal, flags);
    // Read first: opening to write would make a ledger where there is none.
    const story = await withReader(terminal, flags, async (ledger) => {
      const { storyOf } = await import('../report/open-story.js');
      return storyOf(ledger, (flags.run as string | undefined) ?? latestTrained(ledger));
    });
    const { bestOfEach, exportBest } = await import('../exporting.js');
    const available = bestOfEach(story.trained).length;
    if (available === 0)
      throw new NascentError('usage', `Expected run ${story.run.id} to have a trained candidate, got none.`);
    if (available < top) remark(terminal, `Only ${available} of ${top} candidates asked for are trained.`);
    const { ledger, record } = await openToRecord(terminal, path, story.run.id);
    try {
      const options = { top, ...(await target(terminal, story, settings)), record };
      for await (const file of exportBest(ledger, story, options)) {
        if (flags.json) writeJson(terminal, file);
        else writeLines(terminal, [lineOf(file)]);
      }
    } finally {
      ledger.close();
    }
  });
}

interface Opened {
  readonly ledger: LedgerReader;
  readonly record: ExportOptions['record'];
}

/** Where the run cannot be written, since another process writes it or the file is protected, its files are exported all the same. */
async function openToRecord(terminal: Terminal, path: string, run: string): Promise<Opened> {
  const { openLedger, openLedgerReader } = await import('../../log/open.js');
  try {
    const ledger = claimed(openLedger(path), run);
    return { ledger, record: (artifact) => void ledger.recordArtifact(run, artifact) };
  } catch (thrown) {
    if (!(thrown instanceof NascentError)) throw thrown;
    remark(terminal, `${thrown.message} So the ledger will not tell of these files.`);
    return { ledger: openLedgerReader(path), record: () => {} };
  }
}

/** The ledger, closed where it does not get the run. */
function claimed(ledger: Ledger, run: string): Ledger {
  try {
    ledger.claimRun(run, { finished: true });
    return ledger;
  } catch (thrown) {
    ledger.close();
    throw thrown;
  }
}

async function target(terminal: Terminal, { run }: RunStory, settings: Readonly<Record<string, unknown>>) {
  const { namesOf, resolve } = await import('../../catalog.js');
  const asked = (settings.formats as readonly string[] | undefined) ?? run.configuration.formats;
  const formats = asked.length > 0 ? asked : namesOf('exporters');
  const exporters = await Promise.all(formats.map((name) => resolve('exporters', name)));
  const output = resolvePath(terminal.folder, (settings.output as string | undefined) ?? run.configuration.output);
  return { exporters, output };
}

function latestTrained(ledger: LedgerReader): string {
  const isTrained = ({ id }: RunRow) => ledger.evaluations(id).some(({ status }) => status === 'finished');
  return latestRun(ledger, 'a run with a trained candidate', isTrained).id;
}

function lineOf({ path, candidate, format, validation, check }: ExportedFile): string {
  const checked = check ? `, ${check.agreeing} of ${check.of} predictions as recorded` : ', read back and compared';
  return `${path}  ${format} of candidate ${candidate}, validation ${percent(validation)}${checked}`;
}
