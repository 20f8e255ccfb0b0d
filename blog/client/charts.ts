import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';

/** What the fitting of a chart looks at, of Vega's own specification. */
interface Specification {
  readonly width?: number;
  title?: { text?: string | string[]; subtitle?: string | string[] };
  layout?: { columns?: unknown };
}

/** A chart is made no narrower than this; where there is less room still, it scrolls within itself. */
const LEAST = 150;
/** Pixels that a letter of a title takes, which is bold, on the large side; and how far its lines may begin from the left. */
const [LETTER, INDENT] = [7.9, 52];

/**
 * Draws a chart live in the place of its picture: it answers the pointer, takes the page's colours, and is made narrower where there is less
 * room than it was made for. Its expressions are interpreted, so that the page may forbid `eval`.
 *
 * @param figure  an element whose `data-chart` is the address of a Vega specification
 */
export async function draw(figure: HTMLElement): Promise<void> {
  const response = await fetch(figure.dataset.chart!);
  if (!response.ok) return;
  const picture = figure.querySelector('img');
  if (!picture) return;
  const place = document.createElement('div');
  place.className = 'live';
  place.hidden = true;
  picture.after(place);
  const specification: Specification = await response.json();
  const broken = withTitleOf(specification, Math.floor((figure.clientWidth - INDENT) / LETTER));
  const view = new View(parse(broken as Parameters<typeof parse>[0], undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'svg',
    container: place,
    hover: true,
  });
  await view.runAsync();
  const svg = place.querySelector('svg');
  svg?.setAttribute('role', 'img');
  svg?.setAttribute('aria-label', picture.alt);
  place.hidden = false;
  picture.hidden = true;
  if (typeof specification.width === 'number') await fit(view, figure, specification.width);
}

/** Keeps a chart as wide as it was made, or as there is room for, also when a phone is turned. */
async function fit(view: View, figure: HTMLElement, wide: number): Promise<void> {
  let room = 0;
  const resize = async () => {
    if (figure.clientWidth === room) return;
    room = figure.clientWidth;
    await view.width(wide).runAsync();
    // Labels beside a chart need more or less room as it narrows: a few looks settle it.
    for (let look = 0; look < 3; look++) {
      const over = (figure.querySelector('.live svg')?.getBoundingClientRect().width ?? 0) - (room - 2);
      if (over <= 2 || view.width() <= LEAST) break;
      await view.width(Math.max(LEAST, view.width() - Math.ceil(over))).runAsync();
    }
  };
  await resize();
  new ResizeObserver(() => void resize()).observe(figure);
}

/** Titles in lines of so many letters, and charts that stand beside one another one below the other where a line holds few. */
function withTitleOf(specification: Specification, letters: number): Specification {
  const { title, layout } = specification;
  const lines = (text: string | string[] | undefined) =>
    typeof text === 'string' && text.length > letters
      ? text.match(new RegExp(`.{1,${letters}}(?:\\s|$)`, 'g'))?.map((line) => line.trim())
      : text;
  return {
    ...specification,
    ...(title && { title: { ...title, text: lines(title.text), subtitle: lines(title.subtitle) } }),
    ...(layout && typeof layout.columns !== 'object' && letters < 55 && { layout: { ...layout, columns: 1 } }),
  };
}
