/** Whether a terminal can be drawn on, and with which characters. */
import type { Terminal } from '../terminal.js';

/** A person is there to see and to type: both ends are terminals, and nothing says that nobody looks. */
export function canDraw({ stdin, stdout, environment }: Terminal): boolean {
  const isDumb = environment.TERM === 'dumb' || isSet(environment.CI);
  return Boolean(stdin?.isTTY && stdout.isTTY) && !isDumb;
}

/** Whether only ASCII is safe: no UTF-8 locale, or a console whose font has no more. */
export function isAsciiOnly({ environment }: Pick<Terminal, 'environment'>, platform = process.platform): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = environment;
  if (TERM === 'dumb' || TERM === 'linux') return true;
  if (platform === 'win32') return false;
  return !/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
