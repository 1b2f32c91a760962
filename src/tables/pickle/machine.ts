/** The state of a pickle being read: stack, marks and memo, with limits that no published table comes near. */
import { Malformed } from '../refusal.js';
import { NumpyType, PickleClass, pickleClass } from './classes.js';
import { PickleDict } from './values.js';

/** May put something else in a dictionary than what the pickle says, and drop what it has used up. */
export type ItemHook = (key: unknown, value: unknown) => unknown;

const MOST_ON_STACK = 1 << 22;
const MOST_IN_MEMO = 1 << 28;

export class PickleMachine {
  readonly #stack: unknown[] = [];
  /** Heights of the stack at which a mark was set. */
  readonly #marks: number[] = [];
  readonly #memo = new Memo();
  readonly #texts = new Map<string, string>();
  /** Set by STOP. */
  result: { readonly value: unknown } | undefined;

  constructor(readonly hook: ItemHook) {}

  push(value: unknown): void {
    if (this.#stack.length >= MOST_ON_STACK) throw invalid('too many open values');
    this.#stack.push(value);
  }

  pop(): unknown {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= floor) throw invalid('a value missing');
    return this.#stack.pop();
  }

  top(): unknown {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    if (this.#marks.length >= MOST_ON_STACK) throw invalid('too many open values');
    this.#marks.push(this.#stack.length);
  }

  /** Everything above the last mark, which is taken away. */
  popMark(): unknown[] {
    const start = this.#marks.pop();
    if (start === undefined) throw invalid('a mark missing');
    return this.#stack.splice(start);
  }

  /** `POP` takes a mark where nothing is above it. */
  discard(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  remember(place: number): void {
    this.#memo.set(place, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.length);
  }

  recall(place: number): void {
    this.push(this.#memo.get(place));
  }

  /** Equal short texts are one: published tables repeat a few names millions of times. */
  pushText(text: string): void {
    const known = this.#texts.get(text);
    if (known === undefined && text.length <= 64 && this.#texts.size < 1 << 16) this.#texts.set(text, text);
    this.push(known ?? text);
  }

  /** Adds keys and values by turns to the dictionary on the stack. */
  setItems(items: readonly unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict) || items.length % 2 === 1) throw invalid('items of no dictionary');
    for (let i = 0; i < items.length; i += 2) dict.add(items[i], this.hook(items[i], items[i + 1]));
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw invalid('elements of no list');
    for (const item of items) list.push(item);
  }

  /** Puts the class of this name on the stack. */
  pushClass(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw invalid('a class without a name');
    this.push(pickleClass(module, name));
  }

  /** Calls the class under the arguments on the stack. */
  reduce(): void {
    const args = this.pop();
    const called = this.pop();
    if (!(called instanceof PickleClass) || !Array.isArray(args)) throw invalid('a call of no class');
    this.push(called.call(args));
  }

  /** Gives state to the object under it. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (!(object instanceof NumpyType)) throw invalid('state for a plain value');
    object.setState(state);
  }

  stop(): void {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) throw invalid('values left over');
    this.result = { value };
  }
}

/** What PUT and its kin remember, in pieces, so that it can grow to hundreds of millions. */
class Memo {
  readonly #pieces: unknown[][] = [];
  length = 0;

  /** Pickles number what they remember without gaps. */
  set(place: number, value: unknown): void {
    if (!(place >= 0 && place <= this.length) || place >= MOST_IN_MEMO) throw invalid(`memo entry ${place}`);
    const piece = place >>> PIECE_BITS;
    if (piece === this.#pieces.length) this.#pieces.push([]);
    this.#pieces[piece][place & PIECE_MASK] = value;
    if (place === this.length) this.length++;
  }

  get(place: number): unknown {
    if (!(place >= 0 && place < this.length)) throw invalid(`memo entry ${place}, which was never set`);
    return this.#pieces[place >>> PIECE_BITS][place & PIECE_MASK];
  }
}

const PIECE_BITS = 16;
const PIECE_MASK = (1 << PIECE_BITS) - 1;

/** The refusal of a pickle that Python would not read either. */
export function invalid(got: string): Malformed {
  return new Malformed('hold a valid pickle', `one with ${got}`);
}
