import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';

/**
 * Draws a chart live in the place of its picture: it answers the pointer, and takes the page's colours. Its expressions are interpreted, so
 * that the page may forbid `eval`.
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
  const view = new View(parse(await response.json(), undefined, { ast: true }), {
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
}
