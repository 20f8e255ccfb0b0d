import { checkOptions } from '../../base/internal.js';
import { byTime, type NewsItem } from './news-item.js';
import { isHtml, plainText } from './plain-text.js';
import { checkNow, publicationTime, type TimeOptions } from './times.js';
import { readXml, type XmlElement } from './xml.js';

/** Where a feed came from, and its times. */
export interface FeedOptions extends TimeOptions {
  /** Its name in messages and in `source`; its own title when left out. */
  readonly source?: string;
}

/**
 * The items of an RSS 2.0 or Atom feed, in the order of their times of publication in UTC.
 *
 *     const items = readFeed(await (await fetch('https://example.com/rss')).text(), { source: 'example' });
 *
 * An item counts from when it was first published: RSS's `pubDate` (or `dc:date`), Atom's `published`, and `updated` only where an Atom entry has no other. Titles and
 * texts lose their HTML.
 *
 * @param xml  the document
 * @throws     with line and column where it is no well-formed XML or has a document type, and with the line of the item that has no title, no time, or one in the future; for an option that does not exist, or a `now` that is no number
 */
export function readFeed(xml: string, options: FeedOptions = {}): NewsItem[] {
  checkOptions('readFeed', options, ['source', 'timeZone', 'now']);
  checkNow('readFeed', options);
  if (typeof xml !== 'string')
    throw new Error(
      `readFeed takes the text of a feed, got ${xml === null ? 'null' : typeof xml}; of bytes: new TextDecoder().decode(bytes)`,
    );
  const root = readXml(xml, options.source ?? 'feed');
  const channel = root.name === 'rss' ? root.children.find(({ name }) => name === 'channel') : root;
  if (!channel || (root.name !== 'rss' && root.name !== 'feed'))
    throw new Error(
      `${options.source ?? 'feed'}:${root.line}: <${root.name}> is neither RSS 2.0 (<rss> with <channel>) nor Atom (<feed>); is it a page of the site?`,
    );
  const source = options.source ?? (plain(channel, 'title') || 'feed');
  const atom = root.name === 'feed';
  const items = channel.children.filter(({ name }) => name === (atom ? 'entry' : 'item'));
  return byTime(items.map((item) => itemOf(item, { ...options, source }, atom)));
}

function itemOf(item: XmlElement, options: FeedOptions & { source: string }, atom: boolean): NewsItem {
  const where = `${options.source}:${item.line}`;
  const title = plain(item, 'title');
  if (!title) throw new Error(`${where}: <${item.name}> has no title; a headline is what this reads`);
  const dates = atom ? ['published', 'updated'] : ['pubDate', 'dc:date'];
  const written = dates.map((name) => child(item, name)?.text ?? '').find((text) => text.trim()) ?? '';
  const published = publicationTime(`${where}: '${title}'`, written, options);
  const text = (atom ? ['summary', 'content'] : ['description']).map((name) => plain(item, name)).find(Boolean);
  const link = atom ? linkOf(item) : child(item, 'link')?.text.trim();
  return { published, title, ...(text && { text }), source: options.source, ...(link && { link }) };
}

const child = (item: XmlElement, name: string) => item.children.find((one) => one.name === name);

/** Atom's link to the page itself. */
const linkOf = (item: XmlElement) =>
  item.children
    .find(({ name, attributes }) => name === 'link' && (attributes.get('rel') ?? 'alternate') === 'alternate')
    ?.attributes.get('href');

/** Plain text of an element, of HTML that was written as text or, in Atom's xhtml, as elements. */
function plain(item: XmlElement, name: string): string {
  const all = ({ content }: XmlElement): string =>
    content
      .map((part) => {
        if (typeof part === 'string') return part;
        const tag = part.name.replace(/^.*:/, '');
        return isHtml(tag) ? `<${tag}>${all(part)}</${tag}>` : ` ${all(part)} `;
      })
      .join('');
  const element = child(item, name);
  return element ? plainText(all(element)) : '';
}
