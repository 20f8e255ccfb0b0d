import { readFileSync } from 'node:fs';
import { bytePairEncoder } from './byte-pair.js';
import type { Tokeniser } from './tokeniser.js';
import { tokenAt } from './vocabulary.js';
import { bertWords, wordPieceEncoder } from './word-piece.js';

type Json = Readonly<Record<string, unknown>>;
interface AddedToken {
  readonly id: number;
  readonly content: string;
}

/**
 * The tokeniser that a file `tokenizer.json` describes, as models are published with it.
 *
 *     const tokeniser = readTokeniser('all-MiniLM-L6-v2/tokenizer.json');
 *
 * It reads two kinds, and equals the program that writes such files on them: WordPiece as of BERT and its kin, and byte-pair encoding of
 * whole texts as of Llama 2, with its spaces as ▁ and unknown characters as bytes. Whatever else a file asks for is refused, not ignored.
 *
 * @param file  a path, or the parsed JSON
 * @throws      when it is no such file, or asks for what is not read here, and when two tokens have one id
 */
export function readTokeniser(file: string | object): Tokeniser {
  const name = typeof file === 'string' ? file : 'tokenizer.json';
  const json = (typeof file === 'string' ? parsed(file) : file) as Json;
  const model = (json.model ?? {}) as Json;
  const kind = model.type;
  if (kind !== 'BPE' && kind !== 'WordPiece')
    throw new Error(`${name}: its model is '${kind}'; readTokeniser reads BPE as of Llama 2 and WordPiece as of BERT`);
  const vocabulary = new Map(Object.entries(model.vocab as Record<string, number>));
  const added = (json.added_tokens ?? []) as readonly AddedToken[];
  const encodeText = kind === 'BPE' ? ofBytePairs(name, json, vocabulary) : ofWordPieces(name, json, vocabulary);
  const tokens: string[] = [];
  for (const [token, id] of vocabulary) {
    if (!Number.isInteger(id) || id < 0 || tokens[id] !== undefined)
      throw new Error(
        `${name}: the id of '${token}' is ${id}${tokens[id] === undefined ? '' : `, and that of '${tokens[id]}' too`}; each has a whole number from 0 up of its own; the file is damaged`,
      );
    tokens[id] = token;
  }
  for (const { id, content } of added) tokens[id] = content;
  const special = new Map(added.map(({ id, content }) => [content, id]));
  const cut =
    special.size > 0
      ? new RegExp(
          `(${[...special.keys()]
            .sort((a, b) => b.length - a.length)
            .map(escaped)
            .join('|')})`,
          'u',
        )
      : undefined;
  const idOf = (token: string) => special.get(token) ?? vocabulary.get(token);
  return {
    size: tokens.length,
    around: aroundOf(name, json, idOf),
    // An added token is found in the text as it is written, before anything else is done to it.
    encode: (text) => (cut ? text.split(cut) : [text]).flatMap((part, i) => (i % 2 === 1 ? [special.get(part)!] : encodeText(part))),
    decode: (ids) => (kind === 'BPE' ? spelt : words)(ids.map((id) => tokenAt(name, tokens, id)).filter((token) => !special.has(token))),
    idOf,
  };
}

function parsed(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`readTokeniser: ${path} is not there (${(error as NodeJS.ErrnoException).code}); it lies beside the model's file`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`readTokeniser: ${path} is no JSON: ${(error as Error).message}; was it fetched whole?`, { cause: error });
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function ofBytePairs(
  name: string,
  { model, normalizer, pre_tokenizer }: Json,
  vocabulary: Map<string, number>,
): (text: string) => number[] {
  const { merges, unk_token, byte_fallback, dropout, continuing_subword_prefix, end_of_word_suffix, ignore_merges } = model as Json;
  for (const [what, asked] of Object.entries({ dropout, continuing_subword_prefix, end_of_word_suffix, ignore_merges, pre_tokenizer }))
    if (asked)
      throw new Error(
        `${name}: its ${what} is ${JSON.stringify(asked)}, which is not read here; byte pairs are read as of Llama 2, with none`,
      );
  const normalise = normaliserOf(name, normalizer as Json | null);
  const pairs = (merges as readonly (string | [string, string])[]).map((pair) => (typeof pair === 'string' ? cutPair(pair) : pair));
  const unknown = typeof unk_token === 'string' ? vocabulary.get(unk_token) : undefined;
  const encode = bytePairEncoder({ vocabulary, merges: pairs, unknown, byteFallback: byte_fallback === true });
  return (text) => (text === '' ? [] : encode(normalise(text)));
}

/** 'e r' as ['e', 'r']. */
function cutPair(pair: string): [string, string] {
  const space = pair.indexOf(' ', 1);
  return [pair.slice(0, space), pair.slice(space + 1)];
}

function normaliserOf(name: string, normaliser: Json | null): (text: string) => string {
  if (!normaliser) return (text) => text;
  const { type, prepend, pattern, content } = normaliser as {
    type: string;
    prepend: string;
    pattern: { String?: string };
    content: string;
  };
  if (type === 'Sequence') {
    const steps = (normaliser.normalizers as Json[]).map((step) => normaliserOf(name, step));
    return (text) => steps.reduce((read, step) => step(read), text);
  }
  if (type === 'Prepend') return (text) => prepend + text;
  if (type === 'Replace' && pattern.String !== undefined) return (text) => text.replaceAll(pattern.String!, () => content);
  throw new Error(`${name}: its normalizer is ${JSON.stringify(normaliser)}; with byte pairs, Prepend and Replace of a string are read`);
}

function ofWordPieces(
  name: string,
  { model, normalizer, pre_tokenizer }: Json,
  vocabulary: Map<string, number>,
): (text: string) => number[] {
  const {
    unk_token = '[UNK]',
    continuing_subword_prefix: prefix = '##',
    max_input_chars_per_word: longest = 100,
  } = model as Record<string, string & number>;
  const [reading, cutting] = [normalizer, pre_tokenizer].map((part) => (part ?? {}) as Json);
  if (reading.type !== 'BertNormalizer' || cutting.type !== 'BertPreTokenizer')
    throw new Error(
      `${name}: WordPiece is read with BertNormalizer and BertPreTokenizer, got ${reading.type ?? 'none'} and ${cutting.type ?? 'none'}`,
    );
  const unknown = vocabulary.get(unk_token);
  if (unknown === undefined) throw new Error(`${name}: its unknown token '${unk_token}' is not in the vocabulary; the file is damaged`);
  const encode = wordPieceEncoder({ vocabulary, unknown, prefix, longest });
  const lowerCase = reading.lowercase !== false;
  const how = {
    clean: reading.clean_text !== false,
    splitChinese: reading.handle_chinese_chars !== false,
    stripAccents: (reading.strip_accents as boolean | null) ?? lowerCase,
    lowerCase,
  };
  return (text) => bertWords(text, how).flatMap(encode);
}

/** The ids around a single text, as the file's template has them. */
function aroundOf(name: string, { post_processor }: Json, idOf: (token: string) => number | undefined): Tokeniser['around'] {
  const processor = post_processor as Json | null;
  if (!processor) return { before: [], behind: [] };
  const known = (token: string) => {
    const id = idOf(token);
    if (id === undefined) throw new Error(`${name}: its template names '${token}', which is not in the vocabulary; the file is damaged`);
    return id;
  };
  if (processor.type === 'BertProcessing') {
    const [sep, cls] = [processor.sep, processor.cls] as [string, number][];
    return { before: [cls[1]], behind: [sep[1]] };
  }
  if (processor.type !== 'TemplateProcessing')
    throw new Error(`${name}: its post_processor is '${processor.type}'; TemplateProcessing and BertProcessing are read`);
  const single = processor.single as { SpecialToken?: { id: string }; Sequence?: unknown }[];
  const middle = single.findIndex(({ Sequence }) => Sequence !== undefined);
  const ids = (parts: typeof single) => parts.map(({ SpecialToken }) => known(SpecialToken!.id));
  return { before: ids(single.slice(0, middle)), behind: ids(single.slice(middle + 1)) };
}

/** Llama's tokens as text: bytes as the characters they spell, ▁ as a space, without the one before the first word. */
function spelt(tokens: readonly string[]): string {
  const bytes = tokens.flatMap((token) => {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
    return byte ? [Number.parseInt(byte[1], 16)] : [...Buffer.from(token.replaceAll('▁', ' '))];
  });
  return Buffer.from(bytes).toString('utf8').replace(/^ /, '');
}

const words = (tokens: readonly string[]): string => tokens.join(' ').replaceAll(' ##', '');
