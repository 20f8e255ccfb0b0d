import { randomUUID } from 'node:crypto';
import { cellHook } from '../../base/internal.js';
import { normalise } from '../display/normalise.js';
import { render } from '../runtime/render.js';
import type { Widget } from './widgets.js';

/** What redraws a widget, by the text of the function: how to end it. */
const DRAWINGS = new WeakMap<object, Map<string, () => void>>();

type Values<W> = { [K in keyof W]: W[K] extends Widget<infer T> ? T : never };

/**
 * Shows widgets and, below them, what a function makes of their values; it is drawn anew each time the reader moves one. While one
 * drawing is under way, further moves wait for the latest of them. The same drawing of the same widgets, as when its cell is run again,
 * takes the place of the one before.
 *
 *     interact({ window: slider({ min: 5, max: 250, value: 60 }) }, ({ window }) => line({ … }));
 *
 * @returns when the first drawing is shown
 */
// biome-ignore lint/suspicious/noExplicitAny: widgets of any value
export async function interact<W extends Record<string, Widget<any>>>(widgets: W, draw: (values: Values<W>) => unknown): Promise<void> {
  const display = cellHook('display');
  const update = randomUUID();
  for (const widget of Object.values(widgets)) display?.(widget.toMime());
  const show = async () => {
    const values = Object.fromEntries(Object.entries(widgets).map(([name, widget]) => [name, widget.value])) as Values<W>;
    display?.(normalise(await render(await draw(values))), { update });
  };
  let [drawing, moved] = [false, false];
  const redraw = async () => {
    moved = true;
    if (drawing) return;
    drawing = true;
    try {
      while (moved) {
        moved = false;
        await show();
      }
    } finally {
      drawing = false;
    }
  };
  for (const widget of Object.values(widgets)) {
    const drawings = DRAWINGS.get(widget) ?? new Map<string, () => void>();
    DRAWINGS.set(widget, drawings);
    drawings.get(String(draw))?.();
    drawings.set(String(draw), widget.onChange(redraw));
  }
  await show();
}
