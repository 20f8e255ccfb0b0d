/** Text as numbers: tokenisers, sentence encoders, news with their times. */
export { type Chat, type ChatMessage, type ChatOptions, chatConfigured, chatEndpoint } from './chat/chat.js';
export { cosineSimilarity, type PretrainingSplit, type SentenceEncoder, splitByPretraining } from './encoders/encoder.js';
export { fetchEncoder, type HubEncoderOptions } from './encoders/hub.js';
export { type OnnxEncoderOptions, onnxEncoder } from './encoders/onnx-encoder.js';
export { loadWordLlama } from './encoders/word-llama.js';
export { type HeadlineOptions, headlinesOf } from './news/headlines.js';
export {
  type DuplicateOptions,
  type NewsDuplicateOptions,
  nearDuplicates,
  resemblance,
  withoutDuplicates,
} from './news/near-duplicates.js';
export type { NewsItem } from './news/news-item.js';
export { type FeedOptions, readFeed } from './news/read-feed.js';
export { type NewsOptions, readNews } from './news/read-news.js';
export type { TimeOptions } from './news/times.js';
export { claimsOf, type MarketClaims, marketClauses, marketSentence } from './states/market-sentences.js';
export { readTokeniser } from './tokenisers/read-tokeniser.js';
export type { Tokeniser } from './tokenisers/tokeniser.js';
export { characterTokeniser, type VocabularyOptions, type WordOptions, wordTokeniser } from './tokenisers/vocabulary.js';
