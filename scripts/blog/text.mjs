/**
 * The words of HTML as a reader sees them, for titles and the search: formulas once, by their MathML; no code of TeX.
 *
 * @param {string} html
 */
export function textOf(html) {
  let text = '';
  let hidden = 0; // how deep in spans that only draw a formula
  for (const [, tag, words] of html.replace(/<annotation[^>]*>[\s\S]*?<\/annotation>/g, '').matchAll(/(<[^>]+>)|([^<]+)/g)) {
    if (!tag) text += hidden ? '' : words;
    else if (hidden) hidden += tag.startsWith('<span') ? 1 : tag === '</span>' ? -1 : 0;
    else if (tag.startsWith('<span class="katex-html"')) hidden = 1;
    else if (/^<\/?(?:p|div|li|td|th|tr|h\d|section|summary|details|br|pre)\b/.test(tag)) text += ' ';
  }
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * HTML for readers without the site's style sheet, as of the feed: formulas as MathML alone, with the marks that were held in their drawing.
 *
 * @param {string} html
 */
export function withoutDrawings(html) {
  let text = '';
  let hidden = 0;
  let held = 0; // at which depth a mark is held
  for (const [part] of html.matchAll(/<[^>]+>|[^<]+/g)) {
    if (!hidden) {
      if (part.startsWith('<span class="katex-html"')) hidden = 1;
      else text += part;
    } else if (part.startsWith('<span')) {
      hidden++;
      if (part === '<span class="held">') held = hidden;
    } else if (part === '</span>') {
      if (hidden === held) held = 0;
      hidden--;
    } else if (held) text += part;
  }
  return text;
}
