import type { Runtime } from 'node:inspector';
import type { Session } from 'node:inspector/promises';

/** A variable in the words of the Debug Adapter Protocol. */
export interface Variable {
  name: string;
  value: string;
  /** JupyterLab shows the value of a `float`, `str` or `bool`, and of what has no type; of anything else the type alone. */
  type?: 'float' | 'str' | 'bool';
  /** For `variables`, to open it; 0 when there is nothing inside. */
  variablesReference: number;
  evaluateName?: string;
}

/** V8 keeps what was shown alive until its group is released. */
export const GROUP = 'shown';

/** Elements of a list that one opening shows. */
const PAGE = 200;
const LONGEST = 500;

/** What V8 shows of values, as variables that can be opened one level at a time. References hold until the program goes on. */
export class Variables {
  readonly #session: Session;
  readonly #objects = new Map<number, string>();
  #last = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  clear(): void {
    this.#objects.clear();
    this.#session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP }).catch(() => {});
  }

  /** The object behind a number, if the program has not gone on since. */
  object(reference: number): string | undefined {
    return this.#objects.get(reference);
  }

  /** A number under which `object` finds the object; none is given twice. */
  reference(objectId: string): number {
    this.#objects.set(++this.#last, objectId);
    return this.#last;
  }

  of(name: string, value: Runtime.RemoteObject): Variable {
    const opens = value.objectId && value.type !== 'function' && value.subtype !== 'regexp' && value.subtype !== 'date';
    return {
      name,
      value: shown(value),
      type: TYPES[value.type],
      variablesReference: opens ? this.reference(value.objectId!) : 0,
      evaluateName: name,
    };
  }

  /** The parts of an object: properties, elements (the first of many), entries. */
  async inside(objectId: string, isShown: (name: string) => boolean = () => true): Promise<Variable[]> {
    const { result: page } = await this.#session.post('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: pageOf.toString(),
      arguments: [{ value: PAGE }],
      objectGroup: GROUP,
    });
    const { result } = await this.#session.post('Runtime.getProperties', {
      objectId: page.objectId ?? objectId,
      ownProperties: true,
      generatePreview: true,
    });
    return result.flatMap(({ name, value, get }) => {
      if (!isShown(name)) return [];
      if (value) return [this.of(name, value)];
      return [{ name, value: get?.objectId ? '(computed when asked for)' : '(not assigned yet)', variablesReference: 0 }];
    });
  }
}

/** Runs in the notebook's thread. */
function pageOf(this: unknown, most: number): unknown {
  const few = (entries: Iterable<unknown>) => {
    const kept: Record<string, unknown> = {};
    let i = 0;
    for (const entry of entries) {
      if (i === most) break;
      kept[i++] = entry;
    }
    return kept;
  };
  if (this instanceof Map) return few([...this].slice(0, most).map(([key, value]) => ({ key, value })));
  if (this instanceof Set) return few(this);
  const list = this as ArrayLike<unknown>;
  const isList = Array.isArray(this) || (ArrayBuffer.isView(this) && !(this instanceof DataView));
  if (!isList || list.length <= most) return this;
  const first: Record<string, unknown> = {};
  for (let i = 0; i < most; i++) first[i] = list[i];
  first['…'] = `${list.length - most} more`;
  return first;
}

const TYPES: Record<string, Variable['type']> = { number: 'float', string: 'str', boolean: 'bool' };

/** One line: a primitive as it is written, an object with what its preview holds. */
export function shown(value: Runtime.RemoteObject): string {
  if (value.type === 'string') return cut(JSON.stringify(value.value));
  if (value.unserializableValue) return value.unserializableValue;
  if (value.type !== 'object') return cut((value.description ?? String(value.value)).split('\n')[0]);
  if (value.subtype === 'null') return 'null';
  const { preview, description = 'Object' } = value;
  if (!preview || ['date', 'regexp', 'error'].includes(value.subtype ?? '')) return cut(description.split('\n')[0]);
  const isList = value.subtype === 'array' || value.subtype === 'typedarray';
  const parts = preview.properties.map(({ name, value: part, type }) => {
    const text = type === 'string' ? JSON.stringify(part) : (part ?? type);
    return isList && /^\d+$/.test(name) ? text : `${name}: ${text}`;
  });
  const entries = (preview.entries ?? []).map(({ key, value: entry }) =>
    [key?.description, entry.description].filter((text) => text !== undefined).join(' → '),
  );
  const all = [...(preview.entries ? entries : parts), ...(preview.overflow ? ['…'] : [])].join(', ');
  const prefix = description === 'Object' ? '' : `${description} `;
  return cut(isList ? `${prefix}[${all}]` : `${prefix}{${all && ` ${all} `}}`);
}

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
