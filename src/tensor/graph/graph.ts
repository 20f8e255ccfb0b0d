/** Element types a compiled graph may hold. `int64` is for shapes, axes and indices that ONNX wants so; tensors never have it. */
export type DType = 'float32' | 'int32' | 'bool' | 'int64';

/** Constants of dtype `float32` may be doubles: the float64 interpreter keeps them, ONNX emission rounds them. */
export type Data = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

/** An ONNX attribute. A bare number is an integer attribute; write `{ float: 0.5 }` for a float one. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** One edge of the graph: an array of a known shape and type, named uniquely within its graph. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** One ONNX operator (opset 18, default domain). An absent optional input is `null`. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Value[];
  /** What a Scan repeats; no other operator has one. */
  readonly loop?: Loop;
}

/** What a Scan repeats along the first axis of its sequences. */
export interface Loop {
  /**
   * One step. It takes, as the node does, the states, then an element of each sequence, then what is the same in every step; it gives the next states,
   * then an element of each result. The node gives the last states, then the results.
   */
  readonly body: Graph;
  readonly states: number;
  readonly sequences: number;
  /** From the last element to the first. */
  readonly reverse: boolean;
}

/** An edge whose elements the graph holds, row-major. */
export interface Constant {
  readonly value: Value;
  readonly data: Data;
}

/**
 * A pure function as a list of ONNX operators in topological order. Tracing records it in the plainest operators that say what the function
 * does; files are written of it, the float64 interpreter reads it, and each runtime lowers it to a graph of its own. Nobody changes it afterwards.
 */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
}
