/** The screen of a run that this process performs. */
import type { RunEvent } from '../../contracts/run.js';
import type { Steering } from '../../contracts/steering.js';
import type { Drawing } from '../../ui/candidate-details.js';
import type { FullScreen } from '../../ui/full-screen.js';
import type { Size } from '../../ui/layout.js';
import { mount } from '../../ui/mount.js';
import { RunScreen } from '../../ui/run-screen.js';
import { RunView } from '../../ui/run-view.js';
import { themeFor } from '../../ui/theme.js';
import type { Terminal } from '../terminal.js';
import { isAsciiOnly } from './capability.js';
import { factsOf } from './facts.js';

export interface LiveScreen {
  /** In place of the terminal while the screen is on: what is said to the person is shown there. */
  readonly terminal: Terminal;
  /** The run can be steered from now on. */
  steer(steering: Steering): void;
  see(event: RunEvent): Promise<void>;
  /** Gives the terminal back. */
  leave(): void;
}

/**
 * @param whole entered already
 * @param onStop the person wants the run to stop and be saved, or, the second time, to end at once
 */
export function openLiveScreen(terminal: Terminal, whole: FullScreen, onStop: () => void): LiveScreen {
  const view = new RunView();
  const ascii = isAsciiOnly(terminal);
  const theme = themeFor(ascii);
  let drawing: Drawing = () => [];
  let steering: Steering | undefined;
  let remark: string | undefined;
  const draw = (size: Size) => (
    <RunScreen {...{ view, size, theme, drawing, steering, remark }} now={Date.now()} onLeave={onStop} />
  );
  const screen = mount({ stdin: terminal.stdin!, screen: whole, draw });
  const say = (text: string) => {
    remark = text.trim().replace(/^nascent: /, '');
    screen.changed();
  };
  return {
    terminal: { ...terminal, stderr: { write: say } },
    steer(given) {
      steering = given;
    },
    async see(event) {
      if (event.type === 'run-started') {
        const facts = await factsOf(event.configuration, ascii);
        view.higherIsBetter = facts.higherIsBetter;
        drawing = facts.drawing;
      }
      view.see(event);
      screen.changed();
    },
    leave: screen.leave,
  };
}
