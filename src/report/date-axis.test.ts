import { describe, expect, it } from 'vitest';
import { line } from './figures.js';

/** What the x axis of a chart from one date to another says, label by label; a second line after a slash. */
async function labels(first: string, last: string, width = 520): Promise<string[]> {
  const isTimed = first.length > 10;
  const [from, to] = [first, last].map((date) => Date.parse(isTimed ? `${date}Z` : date));
  const rows = Array.from({ length: 101 }, (_, i) => ({
    date: new Date(from + ((to - from) * i) / 100).toISOString().slice(0, isTimed ? 16 : 10),
    y: i,
  }));
  const chart = await line({ title: 'When?', rows, x: { field: 'date', title: 'date' }, y: { field: 'y', title: 'y' }, width });
  const svg = String(chart['image/svg+xml']);
  const shown = [...svg.matchAll(/<text([^>]*)>(.*?)<\/text>/g)].filter(([, attributes]) => !attributes.includes('opacity="0"'));
  const words = shown.map(([, , text]) => text.replaceAll('</tspan><tspan', '</tspan>/<tspan').replace(/<[^>]*>/g, ''));
  return words.slice(0, words.indexOf('date'));
}

describe('an axis of dates', () => {
  it('shows a year, whatever it spans', async () => {
    expect(await labels('2020-11-10', '2021-02-10')).toEqual(['Nov 22/2020', 'Dec 6', 'Dec 20', 'Jan 3/2021', 'Jan 17', 'Jan 31']);
    expect(await labels('2010-03-01', '2012-03-01')).toEqual(
      ['Apr/2010', 'Jul', 'Oct', 'Jan/2011', 'Apr', 'Jul', 'Oct', 'Jan/2012'], // every January keeps its place
    );
    expect(await labels('2010-03-01', '2016-03-01')).toEqual(['2011', '2012', '2013', '2014', '2015', '2016']);
    expect(await labels('2010-03-01', '2018-03-01')).toEqual(['2011', '2012', '2013', '2014', '2015', '2016', '2017', '2018']);
    expect(await labels('1990-01-02', '2020-01-02')).toEqual(['1995', '2000', '2005', '2010', '2015', '2020']);
  });

  it('has steps that its width has room for', async () => {
    expect(await labels('2010-03-01', '2012-03-01', 240)).toEqual(['2011', '2012']);
    expect((await labels('1990-01-02', '2020-01-02', 900)).slice(0, 3)).toEqual(['1992', '1994', '1996']);
  });

  it('says the date where one begins, of times of day', async () => {
    const hours = await labels('2020-11-10T14:30', '2020-11-10T21:00');
    expect(hours).toEqual(['15:00/2020-11-10', '16:00', '17:00', '18:00', '19:00', '20:00', '21:00']);
    const days = await labels('2020-11-10T14:30', '2020-11-12T21:00');
    expect(days.filter((label) => label.includes('/'))).toEqual(expect.arrayContaining(['00:00/2020-11-11', '00:00/2020-11-12']));
  });
});
