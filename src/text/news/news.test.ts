import { describe, expect, it } from 'vitest';
import { key } from '../../base/index.js';
import { headlinesOf } from './headlines.js';
import { nearDuplicates, resemblance, shinglesOf, withoutDuplicates } from './near-duplicates.js';
import { readFeed } from './read-feed.js';
import { readNews } from './read-news.js';
import { publicationTime } from './times.js';

const now = Date.parse('2024-06-01T00:00:00Z');
const item = (inside: string) => `<rss version="2.0"><channel><title>Wire</title>\n<item>${inside}</item></channel></rss>`;
const DATE = '<pubDate>Fri, 03 May 2024 08:30:00 EDT</pubDate>';

describe('publicationTime', () => {
  // The clock of New York went from 02:00 to 03:00 on 10 March 2024 and from 02:00 back to 01:00 on 3 November 2024.
  it.each([
    ['2024-05-03T08:30:00-04:00', '2024-05-03T12:30:00Z'],
    ['2024-05-03 12:30Z', '2024-05-03T12:30:00Z'],
    ['2024-05-03T12:30:00.123456Z', '2024-05-03T12:30:00.123Z'],
    ['2024-05-03T12:30:00.0Z', '2024-05-03T12:30:00Z'],
    ['2024-05-03T08:30:00.5', '2024-05-03T12:30:00.500Z'],
    ['Fri, 03 May 2024 08:30:00 EDT', '2024-05-03T12:30:00Z'],
    ['3 May 24 08:30 -0400', '2024-05-03T12:30:00Z'],
    ['Tue, 10 Jun 2003 04:00:00 GMT', '2003-06-10T04:00:00Z'],
    ['2024-02-29T10:00', '2024-02-29T15:00:00Z'],
    ['2024-03-10T03:00', '2024-03-10T07:00:00Z'],
    ['2023-07-03T09:30:00', '2023-07-03T13:30:00Z'],
  ])('%s is %s', (written, utc) => {
    expect(publicationTime('f:1', written, { timeZone: 'America/New_York', now })).toBe(utc);
  });

  it.each([
    ['', {}, 'f:1: no time of publication; one is written 2024-05-03T08:30:00Z'],
    ['yesterday', {}, "f:1: 'yesterday' is no time"],
    ['2023-02-29T10:00Z', {}, "f:1: '2023-02-29T10:00Z' is no time"],
    ['2024-05-03', {}, "f:1: '2024-05-03' is no time"],
    ['Fri, 03 Maj 2024 08:30:00 GMT', {}, 'is no time'],
    ['0001-01-01T00:00:00Z', {}, "f:1: '0001-01-01T00:00:00Z' is of a year before 1000; programs write 0001-01-01 where there is no date"],
    ['0099-05-03T08:30', { timeZone: 'America/New_York' }, 'is of a year before 1000'],
    ['Fri, 03 May 0024 08:30:00 GMT', {}, 'is of a year before 1000'],
    ['2024-05-03T08:30:00', {}, "has no zone; say which is meant by timeZone: 'America/New_York' or 'UTC'"],
    [
      '2024-03-10T02:30',
      { timeZone: 'America/New_York' },
      'f:1: 2024-03-10T02:30:00 is no time in America/New_York, where the clock was changed',
    ],
    ['2023-11-05T01:30', { timeZone: 'America/New_York' }, 'is two times in America/New_York'],
    ['2024-05-03T08:30', { timeZone: 'New York' }, "there is no time zone 'New York'; name one as America/New_York"],
    ['2024-07-05T08:30:00Z', {}, 'is 2024-07-05T08:30:00Z, in the future of 2024-06-01T00:00:00Z; a wrong zone, or a day and a month'],
  ])("refuses '%s'", (written, options, message) => {
    expect(() => publicationTime('f:1', written, { now, ...options })).toThrow(message);
  });
});

describe('readFeed', () => {
  it('reads RSS 2.0, in the order of its times, without markup', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Wire</title><link>https://example.com/</link>
<item><title>Oil &amp; gas fall</title><pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate></item>
<item><title><![CDATA[AT&T <b>rises</b> 5&nbsp;%]]></title><dc:date>2024-05-03T09:00:00Z</dc:date>
<description>&lt;p&gt;Shares &amp;amp; more &#8364;&lt;/p&gt;</description><link> https://example.com/1 </link></item>
</channel></rss>`;
    expect(readFeed(xml, { now })).toEqual([
      {
        published: '2024-05-03T09:00:00Z',
        title: 'AT&T rises 5 %',
        text: 'Shares & more €',
        source: 'Wire',
        link: 'https://example.com/1',
      },
      { published: '2024-05-03T10:00:00Z', title: 'Oil & gas fall', source: 'Wire' },
    ]);
  });

  // The example of RFC 4287, section 1.1, with its time of publication.
  it('reads Atom, dated by when an entry was first published', () => {
    const xml = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Example Feed</title><link href="http://example.org/"/>
<entry><title>Atom-Powered Robots Run Amok</title><link rel="self" href="/self"/><link href="http://example.org/2003/12/13/atom03"/>
<updated>2003-12-14T18:30:02Z</updated><published>2003-12-13T18:30:02Z</published><summary>Some text.</summary></entry>
<entry><title type="xhtml"><div>Only <i>updated</i></div></title><updated>2003-12-15T00:00:00+01:00</updated></entry></feed>`;
    expect(readFeed(xml, { source: 'example', now })).toEqual([
      {
        published: '2003-12-13T18:30:02Z',
        title: 'Atom-Powered Robots Run Amok',
        text: 'Some text.',
        source: 'example',
        link: 'http://example.org/2003/12/13/atom03',
      },
      { published: '2003-12-14T23:00:00Z', title: 'Only updated', source: 'example' },
    ]);
  });

  it.each([
    [
      'xhtml, in its order',
      '<title type="xhtml"><h:div xmlns:h="x">Up <h:b>5</h:b>%<h:br/>again <x>y</x></h:div></title>',
      'Up 5% again y',
    ],
    [
      'what only looks like tags',
      '<title>a&lt;b and c&gt;d, P/E &lt; 5 &lt;foo&gt; &lt;b class="x"&gt;up&lt;/b&gt;</title>',
      'a<b and c>d, P/E < 5 <foo> up',
    ],
    [
      'references of HTML inside text',
      '<title>S&amp;amp;P&amp;rsquo;s &amp;euro;5 &amp;hellip; &amp;frac12; &amp;Uuml; &amp;yuml; &amp;#8211; &amp;#x2014; &amp;none;</title>',
      'S&P’s €5 … ½ Ü ÿ – — &none;',
    ],
    [
      'no script or style',
      '<title><![CDATA[<script>if (a<b) x()</script>Body<style>p{}</style><!-- no -->, two<br/>lines]]></title>',
      'Body , two lines',
    ],
  ])('reads %s', (_, title, wanted) => {
    const entry = `<feed xmlns="http://www.w3.org/2005/Atom"><entry>${title}<published>2024-05-03T08:30:00Z</published></entry></feed>`;
    expect(readFeed(entry, { now })[0].title).toBe(wanted);
  });

  it('says that a file was cut, wherever that was', () => {
    const whole = item(`<title a="b"><![CDATA[A]]> B &amp; C</title>${DATE}<!-- end -->`);
    expect(readFeed(whole, { now })).toHaveLength(1);
    for (let to = whole.indexOf('<channel') + 12; to < whole.lastIndexOf('</rss>'); to++)
      expect(() => readFeed(whole.slice(0, to), { now })).toThrow(/; was the file cut short\?$/);
  });

  it('refuses options that turn off what they are for', () => {
    expect(() => readFeed('<rss/>', { now: Number.NaN })).toThrow(
      'readFeed: now must be a finite number, got NaN; milliseconds since 1970',
    );
    expect(() => readFeed('<rss/>', { now: '2024-01-01' as never })).toThrow('readFeed: now must be a finite number, got 2024-01-01');
    expect(() => readFeed('<rss/>', { surce: 'a' } as never)).toThrow("readFeed: there is no option 'surce'");
    expect(() => readFeed(undefined as never)).toThrow('readFeed takes the text of a feed, got undefined');
  });

  const BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>';
  it.each([
    ['an item without a time', item('<title>A</title>'), "feed:2: 'A': no time of publication"],
    [
      'an item of the future',
      item('<title>A</title><pubDate>Fri, 03 May 2030 08:30:00 GMT</pubDate>'),
      "feed:2: 'A': 'Fri, 03 May 2030 08:30:00 GMT' is 2030",
    ],
    ['an item without a title', item(DATE), 'feed:2: <item> has no title'],
    [
      'entities that grow',
      `${BOMB}<rss><channel></channel></rss>`,
      'feed:1:1: a document type is refused: it can define entities that grow or read files',
    ],
    [
      'entities that read files',
      '<?xml version="1.0"?>\n<!DOCTYPE r SYSTEM "file:///etc/passwd"><rss/>',
      'feed:2:1: a document type is refused',
    ],
    ['an unknown entity', item('<title>A &euro; B</title>'), "feed:2:16: '&euro;' is no character of XML"],
    ['a bare &', item('<title>AT&T</title>'), "feed:2:16: '&T' is no character of XML"],
    ['a number that is no character', item('<title>&#0;</title>'), "feed:2:14: '&#0;' is no character of XML"],
    ['elements that cross', item('<title><b>A</title></b>'), 'feed:2:18: </title> where <b> of line 2 is open'],
    ['an end without a beginning', '<rss/></rss>', 'feed:1:7: </rss> where nothing is open'],
    ['what was cut short', '<rss><channel>\n<item>', 'feed:2:7: <item> of line 2 is not closed; was the file cut short?'],
    ['a comment without an end', '<rss><!-- ', "feed:1:10: a comment does not end; '-->' is missing"],
    ['an attribute without quotes', '<rss version=2></rss>', 'feed:1:14: the value of version of <rss> is not in quotes'],
    ['an attribute without a value', '<rss version></rss>', 'feed:1:13: the attribute version of <rss> has no value'],
    ['an attribute twice', '<rss a="1" a="2"/>', 'feed:1:15: <rss> has a twice'],
    ['a quote without an end', '<rss a="1></rss><b c="">', "feed:1:9: the value of a of <rss> has a '<'"],
    ['two roots', '<rss/><rss/>', 'feed:1:7: <rss> behind the root element: there is one'],
    ['a path', '/data/feed.xml', 'readFeed takes the text of a feed, not its path or address'],
    ['text beside the root', '<rss/> and more', "feed:1:7: text outside of the root element: 'and more'"],
    ['a depth that no feed has', '<a>'.repeat(70), 'feed:1:193: <a> is inside 64 others'],
    ['a < in text', item('<title>a < b</title>'), "feed:2:16: '<' that begins no tag"],
    ['a control character', item('<title>\u0001</title>'), 'a character U+0001 that XML does not allow'],
    ['no XML', '', 'feed:1:1: there is no element; this is no XML'],
    [
      'a page',
      '<html><body></body></html>',
      'feed:1: <html> is neither RSS 2.0 (<rss> with <channel>) nor Atom (<feed>); is it a page of the site?',
    ],
  ])('refuses %s', (_, xml, message) => {
    expect(() => readFeed(xml, { source: 'feed', now })).toThrow(message);
  });

  it('is not slowed by what is long or deep', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `<item><title>Item ${i} &amp; so on</title>${DATE}</item>`).join('\n');
    expect(readFeed(`<rss><channel>${many}</channel></rss>`, { source: 'feed', now })).toHaveLength(20_000);
  }, 20_000);
});

describe('readNews', () => {
  const source = 'news.csv';
  it('reads CSV with quotes, other names of columns, and a zone', () => {
    const csv = 'Date,Headline,assets\r\n2024-05-03 16:05,"Apple, ""again"",\nrises",AAPL;MSFT\r\n\r\n2024-05-03T09:00:00Z,Oil falls,\r\n';
    expect(readNews(csv, { source, now, timeZone: 'America/New_York', columns: { published: 'Date', title: 'Headline' } })).toEqual([
      { published: '2024-05-03T09:00:00Z', title: 'Oil falls', source },
      { published: '2024-05-03T20:05:00Z', title: 'Apple, "again", rises', source, assets: ['AAPL', 'MSFT'] },
    ]);
  });

  it('reads JSON, as an array and by lines', () => {
    const one = { published: '2024-05-03T09:00:00Z', title: 'A', text: 'B', source: 'wire', link: 'https://example.com', assets: ['AAPL'] };
    expect(readNews(JSON.stringify([one]), { source, now })).toEqual([one]);
    expect(
      readNews(`${JSON.stringify(one)}\n\n${JSON.stringify({ ...one, title: 'C' })}\n`, { source, now }).map(({ title }) => title),
    ).toEqual(['A', 'C']);
    expect([readNews('', { source }), readNews('[]', { source })]).toEqual([[], []]);
  });

  it.each([
    [
      'a row of other length',
      'published,title\n2024-05-03T09:00:00Z,A,B',
      'news.csv:2: 3 cells where the header has 2; a title with a comma needs quotes',
    ],
    ['a quote without an end', 'published,title\n2024-05-03T09:00:00Z,"A', 'news.csv:2: a quote stands where none may, or does not end'],
    ['no title', 'published,title\n2024-05-03T09:00:00Z, ', 'news.csv:2: no title'],
    ['no time', 'published,title\n,A', 'news.csv:2: no time of publication'],
    ['the future', 'published,title\n2034-05-03T09:00:00Z,A', "news.csv:2: '2034-05-03T09:00:00Z' is 2034-05-03T09:00:00Z, in the future"],
    ['a day alone', 'published,title\n2024-05-03,A', "news.csv:2: '2024-05-03' is no time"],
    [
      'other columns',
      'date,title\n2024-05-03T09:00:00Z,A',
      "news.csv: no column 'published' among date, title; say which by columns: { published: '…' }",
    ],
    [
      'a path',
      '/data/news.csv',
      "news.csv: '/data/news.csv' looks like a path, an address or a header of other columns, not news; readNews takes the text",
    ],
    ['an address', 'https://example.com/news.csv', "'https://example.com/news.csv' looks like a path, an address"],
    ['a page', '<!DOCTYPE html><html><body>404</body></html>', 'begins a page, not news; readNews takes the text of a file'],
    ['a page of lines', '<!DOCTYPE html>\n<html><body>404</body></html>', "news.csv: '<!DOCTYPE html>' begins a page"],
    [
      'a lone header of other columns',
      'Date,Headline\n',
      "news.csv: 'Date,Headline' looks like a path, an address or a header of other columns",
    ],
    [
      'an item of an array',
      '[{"published": "2024-05-03T09:00:00Z", "title": "A"},\n\n{"published": "x", "title": "A"}]',
      "news.csv: item 2: 'x' is no time",
    ],
    [
      'one line of JSON without a title',
      '[{"published": "2024-05-03T09:00:00Z"}]',
      "news.csv: no column 'title' among published; say which",
    ],
    ['damaged JSON', '[{"title": "A"', 'news.csv: no JSON: '],
    ['a damaged line', '{"published": "2024-05-03T09:00:00Z", "title": "A"}\n{"tit', 'news.csv:2: no JSON: '],
    ['no objects', '["A"]', 'news.csv: item 1: an object with published and title was wanted, got "A"'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readNews(text, { source, now })).toThrow(message);
  });
});

describe('readNews again', () => {
  const source = 'news.csv';
  const one = (time: string, title: string) => `published,title\n${time},${title}\n`;
  it('gives plain text, in the order of parts of seconds', () => {
    expect(readNews(one('2024-05-03T09:00:00Z', 'AT&amp;T <b>up</b> &#8217;s'), { source, now })[0].title).toBe('AT&T up ’s');
    expect('text' in readNews('[{"published":"2024-05-03T09:00:00Z","title":"A","text":"<p> </p>"}]', { source, now })[0]).toBe(false);
    const two = 'published,title\n2024-05-03T08:30:15.9Z,C\n2024-05-03T08:30:15.1Z,B\n2024-05-03T08:30:15Z,A\n';
    expect(readNews(two, { source, now }).map(({ title }) => title)).toEqual(['A', 'B', 'C']);
    expect(readNews('published,title\n', { source })).toEqual([]);
  });

  it('refuses options that turn off what they are for', () => {
    const late = one('2999-05-03T08:30:15Z', 'A');
    expect(() => readNews(late, { source, now: Number.NaN })).toThrow('readNews: now must be a finite number, got NaN');
    expect(() => readNews(late, { source, timezone: 'UTC' } as never)).toThrow("readNews: there is no option 'timezone'");
    expect(() => readNews(late, { source, columns: { headline: 'title' } } as never)).toThrow(
      "readNews columns: there is no option 'headline'",
    );
    expect(() => readNews(late, undefined as never)).toThrow("readNews: source, the file's name, is missing");
    expect(() => readNews(undefined as never, { source })).toThrow('readNews takes the text of a file, got undefined');
  });
});

describe('near duplicates', () => {
  // Broder et al. 1997, section 2: the 4-shingling of this sentence has three distinct elements.
  it('have the shingles of the paper', () => {
    expect([...shinglesOf('A rose is a rose is a rose.', 4)]).toEqual(['a rose is a', 'rose is a rose', 'is a rose is']);
    expect([...shinglesOf('Stocks fall!', 3)]).toEqual(['stocks fall']);
    expect(resemblance('a b c d e', 'a b c d f', 3)).toBe(2 / 4); // abc, bcd of abc, bcd, cde, cdf
    expect(resemblance('Apple’s profit', "Apple's profit", 1)).toBe(1);
    expect([resemblance('', '!', 3), resemblance('a b c', 'd e f', 3)]).toEqual([1, 0]);
  });

  const TITLES = [
    'Apple shares rise after earnings beat estimates in the third quarter',
    'Oil falls to the lowest level of the year',
    'Apple shares rise after earnings beat estimates in third quarter',
    'APPLE SHARES RISE AFTER EARNINGS BEAT ESTIMATES IN THE THIRD QUARTER - update',
    '',
  ];
  it('are put to the first of their kind', () => {
    expect([...nearDuplicates(TITLES, { threshold: 0.5 })]).toEqual([0, 1, 0, 0, 4]);
    expect([...nearDuplicates(TITLES, { threshold: 0.95 })]).toEqual([0, 1, 2, 3, 4]);
    // The third is like the second alone, which is not the first of its group.
    expect([...nearDuplicates(['a b c d', 'b c d e', 'c d e f'], { words: 1 })]).toEqual([0, 0, 2]);
    expect(() => nearDuplicates(TITLES, { threshold: 0 })).toThrow(
      'nearDuplicates: threshold must be a finite number above 0, up to 1, got 0',
    );
  });

  it('are news again after some days', () => {
    const at = (day: string, title: string) => ({ published: `2024-05-${day}T09:00:00Z`, title, source: 'wire' });
    const items = [at('20', TITLES[1]), at('03', TITLES[0]), at('04', TITLES[0]), at('01', TITLES[1]), at('05', TITLES[3])];
    expect(withoutDuplicates(items, { threshold: 0.5 }).map(({ published }) => published.slice(8, 10))).toEqual(['01', '03', '20']);
  });
});

describe('headlinesOf', () => {
  const T = 300;
  const dates = Array.from({ length: T }, (_, t) => new Date(Date.UTC(2010, 0, 1 + t)).toISOString().slice(0, 10));
  // A wave without events of its own: every day is as large as every other; one asset jumps on day 200 by 20 %.
  const values = Float64Array.from({ length: 2 * T }, (_, at) => {
    const [t, n] = [Math.floor(at / 2), at % 2];
    return (100 + (t % 2)) * (n === 1 && t >= 200 ? 1.2 : 1);
  });
  const panel = { dates, assets: ['A', 'B'], values, source: 'a wave' };
  const year = 100;

  it('tells jumps and highs at the close of their day, and says that it made them', () => {
    const items = headlinesOf(panel, { key: key(1), names: { B: 'Beta' }, year });
    expect(items).toHaveLength(2);
    for (const item of items) {
      expect(item).toMatchObject({ published: `${dates[200]}T22:00:00Z`, source: 'generated from a wave', assets: ['B'], generated: true });
      expect(item.title).toContain('Beta');
    }
    // From 101 to 120: on an even day the wave is at 100.
    expect(items[0].title).toContain('18.8 %');
    expect(items[1].title).toContain('100');
  });

  it('words the same events by its key, and no future changes the past', () => {
    const told = (seed: number, to = T) =>
      headlinesOf({ ...panel, dates: dates.slice(0, to), values: values.slice(0, 2 * to) }, { key: key(seed), year });
    expect(told(1)).toEqual(told(1));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => told(seed)[0].title)).size).toBe(4);
    expect(told(1, 201)).toEqual(told(1));
    expect(told(1, 200)).toEqual([]);
  });

  it('dates rows that have a time by it, and leaves out what is missing', () => {
    const timed = dates.map((date) => `${date}T15:30`);
    expect(headlinesOf({ ...panel, dates: timed }, { key: key(1), year })[0].published).toBe(`${dates[200]}T15:30:00Z`);
    expect(
      headlinesOf({ ...panel, values: values.map((v, at) => (at === 401 ? Number.NaN : v)) }, { key: key(1), year })[0].published,
    ).toBe(`${dates[201]}T22:00:00Z`);
  });

  it('refuses returns', () => {
    expect(() => headlinesOf({ ...panel, values: values.map((v) => v - 100) }, { key: key(1) })).toThrow(
      'headlinesOf: A is 0 on 2010-01-01; prices are above 0, were these returns?',
    );
  });
});
