/** `nascent doctor`: what this machine has, what is missing, and the one command that adds it. */
import { type Command, Option } from 'commander';
import type { DoctorReport } from '../doctor/report.js';
import { Ending } from '../failures.js';
import { LEDGER_SETTINGS, ledgerPath } from '../ledger-option.js';
import type { Flags } from '../settings/gather.js';
import { addSettings } from '../settings/options.js';
import { type Terminal, writeJson, writeLines } from '../terminal.js';

const EXAMPLES = `
Examples:
  nascent doctor --json
  nascent doctor --install-tensorflow --python ~/venv/bin/python3
`;

type DoctorFlags = Flags & {
  readonly probe?: string;
  readonly installTensorflow?: boolean;
  readonly python?: string;
  readonly yes?: boolean;
};

export function addDoctor(program: Command, terminal: Terminal): void {
  const command = program
    .command('doctor')
    .description('tell what this machine has and lacks; exit code 1 where a search could not run')
    .option('--json', 'one object')
    .addOption(new Option('--probe <engine>', 'probe one engine in this process').hideHelp())
    .option(
      '--install-tensorflow',
      "link a Python wheel's TensorFlow under @tensorflow/tfjs-node and compile it; asks first",
    )
    .option('--python <program>', 'with --install-tensorflow: the Python whose TensorFlow is linked (default: python3)')
    .option('--yes', 'with --install-tensorflow: go on without asking')
    .addHelpText('after', EXAMPLES);
  addSettings(command, LEDGER_SETTINGS).action(async (flags: DoctorFlags) => {
    if (flags.installTensorflow) {
      const { installTensorflow } = await import('../doctor/install-tensorflow.js');
      await installTensorflow(terminal, flags);
      return;
    }
    if (flags.probe !== undefined) {
      const { probeByName } = await import('../doctor/engines.js');
      writeJson(terminal, await probeByName(flags.probe));
      return;
    }
    const { examine } = await import('../doctor/report.js');
    const report = await examine(terminal, await ledgerPath(terminal, flags));
    if (flags.json) writeJson(terminal, report);
    else writeLines(terminal, (await import('../doctor/text.js')).doctorLines(report));
    if (!canSearch(report)) throw new Ending(1);
  });
}

/** The default engine computes, and a ledger can be kept. */
function canSearch({ engines, sqlite, ledger }: DoctorReport): boolean {
  return engines.some(({ name, ok }) => name === 'onnxruntime' && ok) && sqlite.ok && ledger.writable;
}
