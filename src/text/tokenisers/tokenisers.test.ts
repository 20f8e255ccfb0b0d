import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import reference from '../text.reference.json' with { type: 'json' }; // made by ../reference/sentences.py with tokenizers 0.23
import { readTokeniser } from './read-tokeniser.js';
import { characterTokeniser, wordTokeniser } from './vocabulary.js';

const { wordpiece, bytePairs, sentences } = reference;

describe('readTokeniser', () => {
  it.each(['lower', 'cased'] as const)('cuts words into pieces as tokenizers does, %s', (kind) => {
    const tokeniser = readTokeniser(wordpiece[kind].file);
    const { before, behind } = tokeniser.around;
    for (const [i, text] of wordpiece.texts.entries()) {
      expect(tokeniser.encode(text), text).toEqual(wordpiece[kind].ids[i]);
      expect([...before, ...tokeniser.encode(text), ...behind], text).toEqual(wordpiece[kind].marked[i]);
    }
  });

  it('joins pairs as tokenizers does, and gives the text back', () => {
    const tokeniser = readTokeniser(bytePairs.file);
    for (const [i, text] of sentences.entries()) {
      expect(tokeniser.encode(text), text).toEqual(bytePairs.ids[i]);
      expect(tokeniser.decode(bytePairs.ids[i]), text).toBe(bytePairs.decoded[i]);
    }
  });

  it('knows its tokens, and gives words back from pieces', () => {
    const tokeniser = readTokeniser(wordpiece.lower.file);
    expect([tokeniser.size, tokeniser.idOf('[CLS]'), tokeniser.idOf('none')]).toEqual([33, 2, undefined]);
    expect(tokeniser.decode(tokeniser.encode('the rates'))).toBe('the rates');
  });

  it('takes a text of a hundred thousand characters, in n log n steps', () => {
    const ids = readTokeniser(bytePairs.file).encode('ab '.repeat(33_333));
    expect(new Set(ids).size).toBeLessThan(8);
  });

  it('takes the arrays in which newer files have their merges', () => {
    const { model, ...rest } = bytePairs.file;
    const merges = model.merges.map((pair) => pair.split(' '));
    expect(readTokeniser({ ...rest, model: { ...model, merges } }).encode(sentences[0])).toEqual(bytePairs.ids[0]);
  });

  const changed = (change: object) => () => readTokeniser({ ...bytePairs.file, ...change });
  const { model } = bytePairs.file;
  it.each([
    [
      'another model',
      changed({ model: { type: 'Unigram' } }),
      "tokenizer.json: its model is 'Unigram'; readTokeniser reads BPE as of Llama 2 and",
    ],
    [
      'words cut by another rule',
      changed({ pre_tokenizer: { type: 'ByteLevel' } }),
      'its pre_tokenizer is {"type":"ByteLevel"}, which is not read here',
    ],
    [
      'another normaliser',
      changed({ normalizer: { type: 'NFKC' } }),
      'its normalizer is {"type":"NFKC"}; with byte pairs, Prepend and Replace',
    ],
    ['another frame', changed({ post_processor: { type: 'ByteLevel' } }), "its post_processor is 'ByteLevel'; TemplateProcessing and"],
    [
      'a merge of the unknown',
      changed({ model: { ...model, merges: ['a ☃'] } }),
      "a merge names '☃', which is not in the vocabulary; the file is damaged",
    ],
    [
      'WordPiece of other words',
      () => readTokeniser({ ...wordpiece.lower.file, pre_tokenizer: { type: 'Whitespace' } }),
      'got BertNormalizer and Whitespace',
    ],
    [
      'two tokens of one id',
      changed({ model: { ...model, vocab: { ...(model.vocab as object), twice: 1 } } }),
      "the id of 'twice' is 1, and that of '",
    ],
    [
      'an id that is none',
      changed({ model: { ...model, vocab: { ...(model.vocab as object), less: -4 } } }),
      "the id of 'less' is -4; each has",
    ],
    [
      'a file that is not there',
      () => readTokeniser('/none/tokenizer.json'),
      'readTokeniser: /none/tokenizer.json is not there (ENOENT); it lies beside',
    ],
  ])('refuses %s', (_, read, message) => {
    expect(read).toThrow(message);
  });

  it('refuses a file that was cut short', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-tokeniser-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'tokenizer.json');
    writeFileSync(path, '{"model": {');
    expect(() => readTokeniser(path)).toThrow(`readTokeniser: ${path} is no JSON: `);
  });
});

describe('a vocabulary of the sample', () => {
  it('has characters by their code points', () => {
    const letters = characterTokeniser('to be or not to be 🚀');
    expect(letters.size).toBe(8); // space, b, e, n, o, r, t and the rocket
    expect(letters.encode('bet🚀')).toEqual([1, 2, 6, 7]);
    expect(letters.decode([1, 2, 6, 7])).toBe('bet🚀');
    expect(() => letters.encode('beta')).toThrow("characterTokeniser: 'a', piece 3, is none of the 8 of the sample");
    expect(() => letters.decode([8])).toThrow('characterTokeniser: 8 is no id of the vocabulary [8]; ids are 0 to 7');
  });

  it('has words by how often they occur, the unknown first', () => {
    const words = wordTokeniser(['Shares of S&P rise 2.5 %.', 'shares fall'], { unknown: '<unk>', limit: 3 });
    expect(words.size).toBe(4);
    expect(words.encode('Shares % Fall .')).toEqual([1, 2, 0, 3]);
    expect(words.decode([1, 0])).toBe('shares <unk>');
    for (const limit of [0, 2.5, Number.NaN])
      expect(() => wordTokeniser(['a'], { limit })).toThrow(`wordTokeniser: limit must be a whole number from 1 up, got ${limit}`);
    expect(() => wordTokeniser('a' as never)).toThrow('wordTokeniser takes texts, got one text; give [text]');
    expect(() => wordTokeniser([' '])).toThrow('wordTokeniser: the sample has no token; give the text that the model will read');
  });
});
