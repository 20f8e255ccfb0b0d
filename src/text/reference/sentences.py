"""The reference of src/text: token ids and sentence vectors of PyPI's wordllama, and ids of two small files of tokenisers.

    pip install wordllama==0.4.0.post1 tokenizers==0.23.3
    python src/text/reference/sentences.py

Ids in full; of each vector of 256 every ninth number, its sum and its sum of squares, which no two vectors share by chance.
"""

import json
from pathlib import Path

import numpy as np
import wordllama
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SENTENCES = [
    "Apple shares rise 3.2% after earnings beat estimates",
    "Apple falls as iPhone sales disappoint",
    "The Federal Reserve leaves interest rates unchanged.",
    "Oil prices slump to the lowest level in 11 months",
    "S&P 500 closes at a record high",
    "",
    " ",
    "a",
    "  two  spaces   and more ",
    "tab\tand\nnewline\r\nend",
    "ÉCOLE naïve façade, Zürich – Ångström",
    "Москва объявила о новых санкциях",
    "日本銀行は金利を据え置いた",
    "中国人民银行下调存款准备金率",
    "한국은행 기준금리 동결",
    "ارتفاع أسعار النفط",
    "मुद्रास्फीति बढ़ी",
    "🚀🚀🚀 to the moon 🌕",
    "👩‍👩‍👧‍👦 family of one emoji, joined",
    "🇩🇪 DAX +1,2 %",
    "e\u0301 decomposed against \u00e9 composed",
    "zero\u200bwidth\u200bspace and \u00a0 hard space",
    "<s> a mark inside </s> the text <unk>",
    "</s>",
    "<s>tight</s>",
    "$AAPL $MSFT #earnings @analyst https://example.com/a?b=c&d=e",
    "1234567890 3.14159 -2.5e-10 1,000,000",
    "ALL CAPITALS HEADLINE: STOCKS TUMBLE",
    "CamelCaseWord snake_case_word kebab-case-word",
    "def f(x):\n    return x ** 2  # square",
    "don't can't won't it's we're",
    "“Quoted,” she said—‘twice’…",
    "Ωμέγα ΤΈΛΟΣ ς",
    "ﬁ ligature ² superscript ½ half ™",
    "\u0000 null and \ufffd replacement",
    "\u2028 line separator \u2029",
    "▁ the mark of a space itself ▁▁",
    "<0x41> a byte spelt out",
    "𝔊𝔬𝔱𝔥𝔦𝔠 letters beyond the first plane",
    "ሰላም ዓለም",
    "abcdefghijklmnopqrstuvwxyz" * 4,
    "antidisestablishmentarianism",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "The quick brown fox jumps over the lazy dog. " * 40,
    "Unemployment claims fell by 12,000 to 231,000 in the week ended May 3, the Labor Department said. " * 12,
    "no space at the end",
    "space at the end ",
    " space at the start",
    "mixed 混合 смесь مزيج 🎲",
    "Tesla recalls 2 million cars; shares drop",
]

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "rate", "##s", "rise", "##ing", "un", "##change", "##d", "apple", "'", "s", ".", ",", "%", "3",
          "2", "日", "本", "cafe", "a", "##b", "##c", "σ", "ς", "i", "##i", "$", "-", "zurich"]
TEXTS = ["The rates", "unchanged.", "RISING", "Café, cafe\u0301", "apple's 3.2%", "日本", "abcabc abd", "Σ ΣΣ", "İ", "", "zu\u0308rich Zürich",
         "rate\u200bs", "the\u00a0rate\ttab\nline", "$3-2", "x" * 101, "the [SEP] rate", "unknownword the", "\ufffd the", "—the—"]


def wordpiece(lowercase):
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(PIECES)}, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(PIECES[:4])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    encodings = [[e.ids for e in tokenizer.encode_batch(TEXTS, add_special_tokens=marks)] for marks in (False, True)]
    return {"file": json.loads(tokenizer.to_str()), "ids": encodings[0], "marked": encodings[1]}


def byte_pairs(template):
    """Llama's kind with few tokens: its bytes, the characters of some sentences, and merges learned from them."""
    described = json.loads(template.to_str())
    seen = "".join(SENTENCES[:5] + SENTENCES[43:45] + SENTENCES[14:16]).replace(" ", "▁")
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + sorted(set(seen))
    words = [["▁" + word for word in "".join(text).split()] for text in SENTENCES]
    words, merges = [list(word) for sentence in words for word in sentence], []
    while len(merges) < 150:
        counts = {}
        for word in words:
            for pair in zip(word, word[1:]):
                if pair[0] in tokens and pair[1] in tokens:
                    counts[pair] = counts.get(pair, 0) + 1
        pair = max(counts, key=lambda one: (counts[one], one))
        merges.append(" ".join(pair))
        tokens.append("".join(pair))
        for word in words:
            for i in range(len(word) - 2, -1, -1):
                if i + 1 < len(word) and (word[i], word[i + 1]) == pair:
                    word[i : i + 2] = ["".join(pair)]
    described["model"] |= {"vocab": {token: i for i, token in enumerate(tokens)}, "merges": merges}
    tokenizer = Tokenizer.from_str(json.dumps(described))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in SENTENCES]
    return {"file": described, "ids": ids, "decoded": [tokenizer.decode(one) for one in ids]}


assert len(SENTENCES) == 50
model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent)  # it looks for its own tokeniser in a folder that is not there
vectors = model.embed(SENTENCES).astype(np.float64)
tokens = [model.tokenizer.encode(text, add_special_tokens=False).ids for text in SENTENCES]
plain = Tokenizer.from_str(model.tokenizer.to_str())
plain.no_padding()
reference = {
    "sentences": SENTENCES,
    "ids": tokens,
    "decoded": [plain.decode(ids) for ids in tokens],
    "every9th": np.round(vectors[:, ::9], 9).tolist(),
    "sums": np.round(vectors.sum(1), 8).tolist(),
    "squares": np.round((vectors**2).sum(1), 8).tolist(),
    "bytePairs": byte_pairs(plain),
    "wordpiece": {"texts": TEXTS, "lower": wordpiece(True), "cased": wordpiece(False)},
}
path = Path(__file__).parent.parent / "text.reference.json"
path.write_text(json.dumps(reference, ensure_ascii=False, separators=(",", ":")) + "\n")
print(path, path.stat().st_size)
