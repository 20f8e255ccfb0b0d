/** An address inside a native library, as koffi hands it out. */
export type Pointer = bigint & { readonly brand: 'pointer' };

/** Where a library's function puts the address of what it made. */
export type Out = [Pointer | null];
