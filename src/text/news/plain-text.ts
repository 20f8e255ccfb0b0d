import { NAMED } from './named-characters.js';

/** Elements whose ends are none of words. */
const INLINE =
  'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr';
const BLOCK =
  'address applet area article aside audio base basefont blockquote body br button canvas caption center col colgroup data datalist dd details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input label legend li link main map menu meta meter nav noframes noscript object ol optgroup option output p param picture pre progress section select slot source summary svg table tbody td template textarea tfoot th thead time title tr track ul video';
const inline = new Set(INLINE.split(' '));
const known = new Set([...inline, ...BLOCK.split(' ')]);

/** A tag whose attributes, if any, are attributes: `a<b and c>d` has none. */
const TAG =
  /<\/?([a-zA-Z][a-zA-Z0-9]*)(?:\s+(?:[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=]+)|async|controls|defer|disabled|download|hidden|allowfullscreen|ismap|noshade|nowrap))*\s*\/?>/g;
/** What a page holds that no one reads; where it does not end, all of the rest. */
const UNREAD = /<(script|style)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)|<!--[\s\S]*?(?:-->|$)|<!doctype\b[^<>]*>/gi;
const REFERENCE = /&(?:#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))|([a-zA-Z][a-zA-Z0-9]{1,8}));/g;

/** True of the name of an HTML element. */
export const isHtml = (name: string): boolean => known.has(name) || name === 'script' || name === 'style';

/**
 * Text without the HTML that it may be written in: tags of known elements, scripts, styles and comments are left out, references become characters, white space
 * one space. What only looks like a tag stays.
 */
export const plainText = (html: string): string =>
  html
    .replace(UNREAD, ' ')
    .replace(TAG, (tag, name: string) => (inline.has(name.toLowerCase()) ? '' : known.has(name.toLowerCase()) ? ' ' : tag))
    .replace(REFERENCE, (whole, hexadecimal?: string, decimal?: string, name?: string) => {
      if (name) return NAMED.get(name) ?? whole;
      const code = Number.parseInt(hexadecimal ?? decimal!, hexadecimal ? 16 : 10);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
    })
    .replace(/\s+/g, ' ')
    .trim();
