import type { Graph } from '../../../graph/graph.js';
import { everywhere } from '../../lower/everywhere.js';
import { extrema } from '../../lower/extrema.js';
import { withFusedSums } from '../../lower/gemm-add.js';
import { inJoinOrder } from '../../lower/join-order.js';
import { products } from '../../lower/products.js';
import { rewrite } from '../../lower/rewrite.js';
import { sums } from '../../lower/sums.js';
import { division, withWholeQuotients } from './division.js';
import { inFastForms } from './fast-forms.js';
import { integers } from './integers.js';
import { withKnownResults } from './known.js';
import { limits } from './limits.js';
import { forLoopFusion } from './loop-fusion.js';
import { withCarriedValues } from './loops.js';
import { miscompiled, withSpreadVectors } from './miscompiled.js';
import { nan } from './nan.js';
import { withOutputsApart } from './outputs-apart.js';
import { withPlainProducts } from './plain-products.js';
import { withReshapesInLine } from './reshapes-in-line.js';
import { ties } from './top-k.js';
import { withTurnedConstants } from './turned-constants.js';

const legal = new WeakMap<Graph, Graph>();

/** The graph in operators that OpenVINO computes rightly. Inputs and outputs keep their names, order and shapes. */
export function legalise(graph: Graph): Graph {
  const known = legal.get(graph);
  if (known) return known;
  const whole = withWholeQuotients(everywhere(withKnownResults)(graph));
  const rewritten = rewrite(whole, [nan, integers, division, limits, sums, miscompiled, ties, extrema, products]);
  const made = everywhere((g) => withFusedSums(inJoinOrder(withSpreadVectors(withTurnedConstants(g)))))(rewritten);
  legal.set(graph, made);
  return made;
}

/** The graph that OpenVINO is given: right, and in the form that it is fastest at. Outputs keep their names; their order may change. */
export const lower = (graph: Graph): Graph =>
  forLoopFusion(
    everywhere((g) => withPlainProducts(withReshapesInLine(withCarriedValues(inFastForms(g)))))(withOutputsApart(legalise(graph))),
  );
