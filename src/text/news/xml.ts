/** An element of an XML document. */
export interface XmlElement {
  /** As it is written, prefix and all: `dc:date`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The characters inside it, those of its children left out. */
  readonly text: string;
  /** Characters and children, in their order. */
  readonly content: readonly (string | XmlElement)[];
  /** Where it begins, from 1. */
  readonly line: number;
}

interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
  readonly content: (string | XmlElement)[];
  readonly line: number;
}

const DEPTH = 64;
const CUT = '; was the file cut short?';
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NAME = /[\p{L}_:][\p{L}\p{M}\p{N}_:.-]*/uy;
const SPACE = /[ \t\r\n]*/y;

/**
 * Reads an XML document of elements, attributes and text, strictly. A document type is refused whole, and with it every entity that a document could define:
 * nothing can grow, and nothing is fetched.
 *
 * @throws at the first thing that is not well-formed, with line and column
 *
 * W3C, Extensible Markup Language 1.0, without sections 2.8's document type and 4's entities.
 */
export function readXml(text: string, name: string): XmlElement {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  let at = 0;
  let [line, counted] = [1, 0];
  const open: Open[] = [{ name: '', attributes: new Map(), children: [], content: [], text: '', line: 1 }];
  const add = (inside: string) => {
    open.at(-1)!.text += inside;
    open.at(-1)!.content.push(inside);
  };
  const close = (element: XmlElement) => {
    open.at(-1)!.children.push(element);
    open.at(-1)!.content.push(element);
  };
  const lineAt = (place: number) => {
    for (; counted < place; counted++) if (source[counted] === '\n') line++;
    return line;
  };
  const fail = (problem: string, place = at): never => {
    const before = source.slice(0, place).split('\n');
    const cut = at >= source.length && open.length > 1 && !problem.includes(CUT) ? CUT : '';
    throw new Error(`${name}:${before.length}:${before.at(-1)!.length + 1}: ${problem}${cut}`);
  };
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const until = (end: string, what: string): string => {
    const to = source.indexOf(end, at);
    if (to < 0) fail(`${what} does not end; '${end}' is missing${CUT}`);
    const inside = source.slice(at, to);
    at = to + end.length;
    return inside;
  };
  /** Text with its character references, which begins at a place. */
  const decoded = (raw: string, place: number): string => {
    return raw.replace(/&([^;&<\s]{0,12}(;?))/g, (whole, body: string, end: string, offset: number) => {
      const entity = body.slice(0, -1);
      const number = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(entity);
      const code = number ? Number.parseInt(number[1] ?? number[2], number[1] ? 16 : 10) : 0;
      if (end && number && code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
      if (end && Object.hasOwn(ENTITIES, entity)) return ENTITIES[entity];
      return fail(
        `'${whole}' is no character of XML; it knows &lt; &gt; &amp; &quot; &apos; and numbers as &#8364;; write & as &amp;`,
        place + offset,
      );
    });
  };
  const attributesOf = (tag: string): Map<string, string> => {
    const attributes = new Map<string, string>();
    for (;;) {
      const space = match(SPACE);
      if (/[>/]/.test(source[at] ?? '>')) return attributes;
      const key = match(NAME);
      if (!key || !space) fail(`<${tag}> has no attribute here; one is written as name="value", behind a space`);
      match(SPACE);
      if (source[at++] !== '=') fail(`the attribute ${key} of <${tag}> has no value; write ${key}="…"`, at - 1);
      match(SPACE);
      const quote = source[at++];
      if (quote !== '"' && quote !== "'") fail(`the value of ${key} of <${tag}> is not in quotes`, at - 1);
      const place = at;
      const value = until(quote, `the value of ${key} of <${tag}>`);
      if (value.includes('<')) fail(`the value of ${key} of <${tag}> has a '<'; a quote may be missing`, place);
      if (attributes.has(key)) fail(`<${tag}> has ${key} twice`, place);
      attributes.set(key, decoded(value, place));
    }
  };

  const control = /[^\t\n\u0020-\uFFFD]/.exec(source);
  if (control) fail(`a character U+${control[0].charCodeAt(0).toString(16).padStart(4, '0')} that XML does not allow`, control.index);
  while (at < source.length) {
    const place = at;
    const to = source.indexOf('<', at);
    const raw = source.slice(at, to < 0 ? source.length : to);
    at = to < 0 ? source.length : to;
    if (raw) {
      const inside = decoded(raw, place);
      if (open.length === 1 && inside.trim())
        fail(
          `text outside of the root element: '${inside.trim().slice(0, 20)}'${to < 0 && !open[0].children.length ? '; readFeed takes the text of a feed, not its path or address' : ''}`,
          place,
        );
      add(inside);
    }
    if (at === source.length) break;
    const begin = at;
    if (source.startsWith('<!--', at)) {
      at += 4;
      until('-->', 'a comment');
    } else if (source.startsWith('<![CDATA[', at)) {
      at += 9;
      if (open.length === 1) fail('CDATA outside of the root element', begin);
      add(until(']]>', 'CDATA'));
    } else if (/^<!(?:-|\[[CDAT]{0,5})?$/.test(source.slice(at, at + 9))) {
      at = source.length;
      fail("'<!' that begins nothing", begin);
    } else if (source.startsWith('<!', at))
      fail('a document type is refused: it can define entities that grow or read files; a feed needs none');
    else if (source.startsWith('<?', at)) until('?>', 'an instruction');
    else if (source[at + 1] === '/') {
      at += 2;
      const tag = match(NAME);
      match(SPACE);
      const ended = open.at(-1)!;
      if (source[at++] !== '>' || open.length === 1 || ended.name !== tag)
        fail(`</${tag}> where ${open.length === 1 ? 'nothing is open' : `<${ended.name}> of line ${ended.line} is open`}`, begin);
      open.pop();
      close(ended);
    } else {
      at++;
      const tag = match(NAME);
      if (!tag) fail("'<' that begins no tag; in text it is written &lt;", begin);
      if (open.length === 1 && open[0].children.length > 0) fail(`<${tag}> behind the root element: there is one`, begin);
      if (open.length > DEPTH) fail(`<${tag}> is inside ${DEPTH} others; a feed is not that deep`, begin);
      const element: Open = { name: tag, line: lineAt(begin), attributes: attributesOf(tag), children: [], content: [], text: '' };
      const alone = source[at] === '/';
      if (alone) at++;
      if (source[at++] !== '>') fail(`<${tag}> does not end; '>' is missing`, begin);
      if (alone) close(element);
      else open.push(element);
    }
  }
  if (open.length > 1) fail(`<${open.at(-1)!.name}> of line ${open.at(-1)!.line} is not closed${CUT}`);
  const [root] = open[0].children;
  if (!root) fail('there is no element; this is no XML');
  return root;
}
