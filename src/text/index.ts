/** Text as numbers: tokenisers, sentence encoders, news with their times. */
export { cosineSimilarity, type PretrainingSplit, type SentenceEncoder, splitByPretraining } from './encoders/encoder.js';
export { loadWordLlama } from './encoders/word-llama.js';
export { readTokeniser } from './tokenisers/read-tokeniser.js';
export type { Tokeniser } from './tokenisers/tokeniser.js';
export { characterTokeniser, type VocabularyOptions, type WordOptions, wordTokeniser } from './tokenisers/vocabulary.js';
