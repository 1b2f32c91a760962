/** Text from a flag or the environment becomes a setting's value. Ranges are checked where the value is used. */
import set from 'lodash/set.js';
import { expected } from '../../base/errors.js';
import type { Json, JsonObject } from '../../contracts/json.js';
import type { Setting } from './setting.js';

const YES = ['true', 'yes', 'on', '1'];
const NO = ['false', 'no', 'off', '0', ''];

/**
 * @param source how the person wrote it, e.g. `--epochs` or `NASCENT_EPOCHS`.
 * @throws NascentError `usage` where the text is no value of the setting's kind.
 */
export function readSetting(setting: Setting, source: string, text: string | boolean | readonly string[]): Json {
  switch (setting.kind) {
    case 'text':
      return readText(source, String(text));
    case 'number':
      return readNumber(source, String(text));
    case 'switch':
      return typeof text === 'boolean' ? text : readSwitch(source, String(text));
    case 'list':
      return readList(partsOf(text));
    case 'pairs':
      return Object.fromEntries(partsOf(text).map((part) => readPair(source, part)));
    case 'options':
      return optionsOf(partsOf(text).map((part) => readPair(source, part)));
  }
}

function readText(source: string, text: string): string {
  if (text.trim() === '') throw expected(source, 'a text that is not empty', text);
  return text;
}

function readNumber(source: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw expected(source, 'a number', text);
  return value;
}

function readSwitch(source: string, text: string): boolean {
  const word = text.trim().toLowerCase();
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw expected(source, 'true or false', text);
}

function readList(parts: readonly string[]): string[] {
  return parts.length === 1 && parts[0] === 'none' ? [] : [...parts];
}

function readPair(source: string, part: string): [string, Json] {
  const equals = part.indexOf('=');
  if (equals < 1) throw expected(source, 'name=value', part);
  return [part.slice(0, equals), readPlain(part.slice(equals + 1))];
}

/** An object of named values; a name with dots, as in `predictorOptions.trees`, is a path into objects. */
export function optionsOf(pairs: readonly (readonly [string, Json])[]): JsonObject {
  const object: JsonObject = {};
  for (const [name, value] of pairs) set(object, name.split('.'), value);
  return object;
}

/** Numbers, true, false and lists in brackets are what they look like; all else is text. */
export function readPlain(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\[.*\]$/.test(text))
    return text
      .slice(1, -1)
      .split(',')
      .filter(Boolean)
      .map((part) => readPlain(part.trim()));
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}

/** Between parts, not within the brackets of a list. */
const COMMA = /,(?![^[]*\])/;

function partsOf(text: string | boolean | readonly string[]): string[] {
  const texts = Array.isArray(text) ? (text as readonly string[]) : [String(text)];
  return texts
    .flatMap((each) => each.split(COMMA))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
