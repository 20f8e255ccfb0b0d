/** What `make` makes, made when it is first asked for: a result that costs memory and that few callers read. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
