import { type InspectOptions, inspect } from 'node:util';

const MOST_KEYS = 100;
const MOST_CHARACTERS = 20_000;
/** How deep Node inspects by itself. */
const DEPTH = 2;

/** A value as Node inspects it, on a page: of long arrays and texts, and of objects with many keys, the first part. */
export function inspectPage(value: unknown): string {
  const text = inspect(withFewKeys(value, 0), { maxArrayLength: MOST_KEYS, maxStringLength: MOST_CHARACTERS / 2 });
  const more = text.length - MOST_CHARACTERS;
  return more <= 0 ? text : `${text.slice(0, MOST_CHARACTERS)}\n… ${more} more characters; show a part of it, or write it to a file`;
}

/** Node has no limit for keys as it has for items. No getter is called, and what is small stays itself. */
function withFewKeys(value: unknown, depth: number): unknown {
  if (depth > DEPTH || !isPlain(value)) return value;
  const keys = Object.keys(value);
  const shown = keys.slice(0, MOST_KEYS);
  const descriptors: PropertyDescriptorMap = {};
  let isSmall = shown.length === keys.length;
  for (const key of shown) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!;
    const below = withFewKeys(descriptor.value, depth + 1);
    isSmall &&= below === descriptor.value;
    descriptors[key] = 'value' in descriptor ? { ...descriptor, value: below } : descriptor;
  }
  if (isSmall) return value;
  const head = Object.create(Object.getPrototypeOf(value), descriptors);
  const more = keys.length - shown.length;
  return more
    ? { [inspect.custom]: (_: number, options: InspectOptions) => endingWith(inspect(head, options), `... ${more} more keys`) }
    : head;
}

const endingWith = (text: string, note: string) => `${text.slice(0, text.lastIndexOf('}')).trimEnd()},\n  ${note}\n}`;

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
