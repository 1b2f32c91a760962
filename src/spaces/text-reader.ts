/** Reading an architecture's text from left to right. */
import { expected, show } from '../base/errors.js';

/** What ends a word. */
const DELIMITER = /[\s()[\]=]/;

export class TextReader {
  private place = 0;

  constructor(private readonly text: string) {}

  /** Whether `word` comes next; it is read if it does. */
  takes(word: string): boolean {
    if (!this.text.startsWith(word, this.place)) return false;
    this.place += word.length;
    return true;
  }

  /**
   * Reads exactly this.
   * @throws NascentError `usage` that shows what stands there instead
   */
  expect(word: string): void {
    if (!this.takes(word)) throw this.refusal(JSON.stringify(word));
  }

  /** All up to the next space, bracket, equals sign or end. */
  word(): string {
    const start = this.place;
    while (this.place < this.text.length && !DELIMITER.test(this.text[this.place])) this.place++;
    return this.text.slice(start, this.place);
  }

  /** @throws NascentError `usage` where anything is left */
  end(): void {
    if (this.place < this.text.length) throw this.refusal('its end');
  }

  private refusal(expectation: string) {
    const rest = this.text.slice(this.place, this.place + 20);
    const where = `at character ${this.place + 1} of the architecture ${show(this.text)}`;
    return expected(`what stands ${where}`, expectation, rest);
  }
}

/** Whether a text can be read back as one word. */
export function isWord(text: string): boolean {
  return text !== '' && !DELIMITER.test(text);
}
