import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { type Choices, decisionOf, repeat } from '../../../src/spaces/choices.js';
import { encodingOf, neighboursOf } from '../../../src/spaces/decision.js';
import { TextReader } from '../../../src/spaces/text-reader.js';

const CASES: readonly (readonly [string, Choices, number])[] = [
  ['options', [3, 5, 7], 3],
  ['one option', ['only'], 1],
  ['a group', { kernel: [3, 5], skip: [true, false] }, 4],
  // 2² + 2³
  ['a repeat', repeat(2, 3, ['a', 'b']), 12],
  // 1 + 4 + 16
  ['a repeat of groups, perhaps of none', repeat(0, 2, { kernel: [3, 5], width: [1, 2] }), 21],
  // (2 + 4) · (1 + 6 + 36)
  [
    'repeats in repeats',
    { outer: repeat(0, 2, repeat(1, 2, ['x', 'y'])), other: repeat(1, 2, [0, 1]) },
    (1 + 6 + 36) * (2 + 4),
  ],
];

describe.each(CASES)('decisions: %s', (_, choices, size) => {
  const decision = decisionOf('it', choices);
  const all = Array.from({ length: decision.size }, (_, i) => decision.at(i));
  const texts = all.map(decision.format);

  it('are counted and listed, each once', () => {
    expect(decision.size).toBe(size);
    expect(new Set(texts).size).toBe(size);
  });

  it('are read as they are written', () => {
    for (const text of texts) expect(decision.format(decision.read(new TextReader(text)))).toBe(text);
  });

  it('are drawn equally often', () => {
    const stream = random('uniform');
    const counts = new Map(texts.map((text) => [text, 0]));
    const mean = 200;
    for (let i = 0; i < mean * size; i++) {
      const text = decision.format(decision.sample(stream));
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect(counts.size).toBe(size);
    // Six deviations of a Poisson count.
    for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
  });

  it('are neighbours of their neighbours, and of nothing twice', () => {
    const names = new Map(all.map((value, i) => [texts[i], neighboursOf(decision, value).map(decision.format)]));
    for (const [text, neighbours] of names) {
      expect(new Set([text, ...neighbours]).size).toBe(neighbours.length + 1);
      for (const neighbour of neighbours) expect(names.get(neighbour)).toContain(text);
    }
  });

  it('have encodings of their own', () => {
    expect(new Set(all.map((value) => encodingOf(decision, value).join())).size).toBe(size);
  });
});

describe('choices that are none', () => {
  const refused: readonly (readonly [string, Choices, string])[] = [
    ['no options', [], 'Expected the options of `it` to be at least one'],
    ['equal options', [3, '3'], '3 twice'],
    ['an option with a space', ['a b'], 'without spaces'],
    ['an empty group', {}, 'at least one choice'],
    ['lengths out of order', repeat(3, 2, [1, 2]), 'the most repetitions of `it`'],
    ['a number', 3 as unknown as Choices, 'a list of options, an object of choices or a repeat'],
  ];
  it.each(refused)('%s', (_, choices, sentence) => {
    expect(() => decisionOf('it', choices)).toThrow(sentence);
  });
});

describe('text of choices that is none', () => {
  const decision = decisionOf('it', { kernel: [3, 5], blocks: repeat(1, 2, { width: [16, 32] }) });
  const refused: readonly (readonly [string, string])[] = [
    ['(kernel=3 blocks=[(width=61)])', 'Expected `width` to be one of 16, 32, got "61".'],
    ['(kernel=3 blocks=[])', 'the repetitions of `blocks`'],
    ['(kernle=3 blocks=[(width=16)])', 'at character 2'],
    ['(kernel=3 blocks=[(width=16)(width=16)])', 'at character 29'],
    ['(kernel=3 blocks=[(width=16)]', 'Expected what stands at character 30'],
  ];
  it.each(refused)('%s', (text, sentence) => {
    expect(() => decision.read(new TextReader(text))).toThrow(sentence);
  });
});
