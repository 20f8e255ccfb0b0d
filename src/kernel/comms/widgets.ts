import { type Comm, openComm } from './comm.js';

type State = Record<string, unknown>;

/** A control in the page whose value the notebook reads and sets. As the last expression of a cell it shows. */
export interface Widget<T> {
  /** What it stands at; setting it moves the control. */
  value: T;
  /** Does something each time the reader moves it, until the function that it returns is called. */
  onChange(changed: (value: T) => void): () => void;
  /** Takes it off the page. */
  close(): void;
  /** The view that a notebook shows. */
  toMime(): Record<string, unknown>;
}

/** How a slider stands: `{ min: 0, max: 100, step: 1, value: 20, description: 'window (days)' }`. */
export interface SliderOptions {
  min?: number;
  max?: number;
  /** 1 by default; a fraction makes the value a fraction. */
  step?: number;
  /** `min` by default. */
  value?: number;
  description?: string;
}

/** The versions of the protocol and of the models that @jupyter-widgets/controls 2 (ipywidgets 8) speaks. */
const PROTOCOL = { version: '2.1.0' };
const BASE = { module: '@jupyter-widgets/base', version: '2.0.0' };
const CONTROLS = { module: '@jupyter-widgets/controls', version: '2.0.0' };

/**
 * A slider of ipywidgets: `const window = slider({ min: 5, max: 250, value: 60 }); window`
 *
 * @throws when the range is empty or the value lies outside it
 */
export function slider({ min = 0, max = 100, step = 1, value = min, description = '' }: SliderOptions = {}): Widget<number> {
  if (!(min < max) || !(step > 0) || !(value >= min && value <= max))
    throw new Error(`slider: needs min < max, step > 0 and min ≤ value ≤ max; got min ${min}, max ${max}, step ${step}, value ${value}`);
  const name = [min, max, step, value].every(Number.isInteger) ? 'IntSlider' : 'FloatSlider';
  return control(name, value, { min, max, step, description, continuous_update: true, readout: true }, 'SliderStyle');
}

/**
 * A list to choose from: `dropdown({ options: ['SPY', 'QQQ'], description: 'asset' })`; the first is chosen unless `value` says another.
 *
 * @throws when `value` is none of the options
 */
export function dropdown({
  options,
  value = options[0],
  description = '',
}: {
  options: readonly string[];
  value?: string;
  description?: string;
}): Widget<string> {
  const index = options.indexOf(value);
  if (index < 0) throw new Error(`dropdown: '${value}' is none of the options ${options.join(', ')}`);
  return control<string>('Dropdown', value, { _options_labels: options, index, description }, 'DescriptionStyle', {
    key: 'index',
    toState: (chosen) => options.indexOf(chosen),
    fromState: (at) => options[at as number],
  });
}

/** A box to tick: `checkbox({ description: 'log scale' })`. */
export const checkbox = ({ value = false, description = '' }: { value?: boolean; description?: string } = {}): Widget<boolean> =>
  control('Checkbox', value, { description, indent: true }, 'CheckboxStyle');

/** How a value is kept in the state that the page shares: under `key`, in another form. */
interface Shared<T> {
  key: string;
  toState: (value: T) => unknown;
  fromState: (state: unknown) => T;
}

function control<T>(name: string, initial: T, state: State, style: string, shared: Partial<Shared<T>> = {}): Widget<T> {
  const { key = 'value', toState = (value: T) => value, fromState = (value: unknown) => value as T } = shared;
  const parts = [model('Layout', BASE, {}), model(style, CONTROLS, {})];
  const [layout, look] = parts.map((part) => `IPY_MODEL_${part.id}`);
  const whole: State = { ...state, [key]: toState(initial), disabled: false, layout, style: look };
  const comm = model(name, CONTROLS, whole);
  const listeners = new Set<(value: T) => void>();
  let current = initial;
  comm.onMessage = ({ method, state: changed }) => {
    if (method === 'request_state') comm.send({ method: 'update', state: { ...named(name, CONTROLS), ...whole }, buffer_paths: [] });
    if (method !== 'update' || !(key in (changed as State))) return;
    Object.assign(whole, changed);
    current = fromState(whole[key]);
    for (const listener of listeners) listener(current);
  };
  return {
    get value() {
      return current;
    },
    set value(value) {
      current = value;
      whole[key] = toState(value);
      comm.send({ method: 'update', state: { [key]: whole[key] }, buffer_paths: [] });
    },
    onChange(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    close() {
      for (const part of [comm, ...parts]) part.close();
    },
    toMime: () => ({
      'application/vnd.jupyter.widget-view+json': { version_major: 2, version_minor: 0, model_id: comm.id },
      'text/plain': `${name}(${JSON.stringify(current)})`,
    }),
  };
}

function model(name: string, from: typeof BASE, state: State): Comm {
  const whole = { ...named(name, from), ...state };
  const comm = openComm('jupyter.widget', { state: whole, buffer_paths: [] }, PROTOCOL);
  comm.onMessage = ({ method }) => method === 'request_state' && comm.send({ method: 'update', state: whole, buffer_paths: [] });
  return comm;
}

/** A style has the plain view of its module; everything else has one of its own. */
const named = (name: string, { module, version }: typeof BASE): State => {
  const view = name.endsWith('Style') ? { ...BASE, name: 'StyleView' } : { module, version, name: `${name}View` };
  return {
    _model_module: module,
    _model_module_version: version,
    _model_name: `${name}Model`,
    _view_module: view.module,
    _view_module_version: view.version,
    _view_name: view.name,
    _view_count: null,
  };
};
