import { type Frame, fieldOf } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import type { Dated } from './compare.js';

/** What is tested: data to one or several outputs. */
export type Pipeline<D extends Frame | Panel> = (data: D) => Dated | readonly Dated[] | Promise<Dated | readonly Dated[]>;

const isFrame = (data: Frame | Panel): data is Frame => 'fields' in data;

/** Data as a frame: a panel is one of one field. */
export function asFrame(data: Frame | Panel): Frame {
  if (isFrame(data)) return data;
  const { dates, assets, values, field, source, adjusted } = data;
  return { dates, assets, fields: { [field]: values }, series: {}, source, ...(adjusted && { adjusted: { [field]: adjusted } }) };
}

/** A pipeline on frames, which hands it what it takes, and whose answer is a list of outputs. */
export function runner<D extends Frame | Panel>(pipeline: Pipeline<D>, data: D): (frame: Frame) => Promise<readonly Dated[]> {
  const given = (frame: Frame): Frame | Panel => (isFrame(data) ? frame : { ...data, ...fieldOf(frame, data.field) });
  return async (frame) => {
    const made = await pipeline(given(frame) as D);
    return 'dates' in made ? [made] : made;
  };
}
