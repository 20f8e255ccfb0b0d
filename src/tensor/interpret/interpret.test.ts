import { describe, expect, it } from 'vitest';
import type { Attribute, DType, Graph, Node, Value } from '../graph/graph.js';
import { OPS } from '../onnx/operators.js';
import { erf } from './erf.js';
import erfReference from './erf.reference.json' with { type: 'json' }; // made by reference/erf.py with mpmath
import { interpret, kernels } from './interpret.js';
import { allocate } from './operand.js';
import operators from './operators.reference.json' with { type: 'json' }; // made by reference/operators.py: the ONNX project's own tests

interface Packed {
  dtype: string;
  shape: number[];
  data: (number | string)[];
}

interface Case {
  name: string;
  op: string;
  attributes: Record<string, Attribute>;
  inputs: (Packed | null)[];
  outputs: Packed[];
}

const value = (name: string, { shape, dtype }: Packed): Value => ({ name, shape, dtype: dtype as DType });

/** The one-operator graph of a case, all of its inputs as graph inputs. */
function graphOf({ op, attributes, inputs, outputs }: Case): Graph {
  const ins = inputs.map((packed, i) => packed && value(`in${i}`, packed));
  const outs = outputs.map((packed, i) => value(`out${i}`, packed));
  const node: Node = { op, attributes, inputs: ins, outputs: outs };
  return { inputs: ins.filter((v) => v !== null), outputs: outs, constants: [], nodes: [node] };
}

const numbers = ({ dtype, data }: Packed) => {
  const out = allocate(dtype as DType, data.length);
  out.set(data.map((v) => Number(String(v).replace('inf', 'Infinity'))));
  return out;
};

describe('interpret', () => {
  it('knows each operator that tracing emits, and no other', () => {
    expect(Object.keys(kernels).sort()).toEqual([...OPS].sort());
  });

  it.each(operators as unknown as Case[])('agrees with the ONNX operator test $name', (test) => {
    const results = interpret(graphOf(test), test.inputs.filter((packed) => packed !== null).map(numbers));
    // The reference numbers are float32: 24 bits, a few lost in the longer sums.
    test.outputs.forEach((packed, i) => {
      const expected = numbers(packed);
      expect(results[i]).toHaveLength(expected.length);
      results[i].forEach((got, j) => {
        const want = expected[j];
        if (Number.isFinite(want)) expect(Math.abs(got - want)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(want)));
        else expect(got).toBe(want);
      });
    });
  });

  it('computes floats in double precision and int32 with wrap-around', () => {
    const x: Value = { name: 'x', shape: [1], dtype: 'float32' };
    const n: Value = { name: 'n', shape: [1], dtype: 'int32' };
    const [sum, product] = [
      { ...x, name: 'sum' },
      { ...n, name: 'product' },
    ];
    const node = (op: string, v: Value, out: Value): Node => ({ op, inputs: [v, v], attributes: {}, outputs: [out] });
    const graph: Graph = { inputs: [x, n], outputs: [sum, product], constants: [], nodes: [node('Add', x, sum), node('Mul', n, product)] };
    expect(interpret(graph, [Float64Array.of(0.1), Int32Array.of(123456789)])).toEqual([
      Float64Array.of(0.2),
      Int32Array.of(-1757895751), // 123456789² = 15241578750190521 ≡ −1757895751 (mod 2³²)
    ]);
  });

  it('says which input has the wrong size', () => {
    const x: Value = { name: 'x', shape: [2, 3], dtype: 'float32' };
    const graph: Graph = { inputs: [x], outputs: [x], constants: [], nodes: [] };
    expect(() => interpret(graph, [new Float64Array(5)])).toThrow('interpret: input x [2,3] needs 6 numbers, got 5');
  });
});

describe('erf', () => {
  it('is within 2⁻⁵² of mpmath everywhere, and relatively so near 0', () => {
    for (const [x, y] of erfReference) {
      expect(Math.abs(erf(x) - y)).toBeLessThanOrEqual(2 ** -52);
      if (Math.abs(x) < 0.5) expect(Math.abs(erf(x) - y)).toBeLessThanOrEqual(4 * 2 ** -52 * Math.abs(y));
    }
    expect(erf(Number.NaN)).toBeNaN();
    expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
  });
});
