import type { Program, Request } from '../runtime/runtime.js';
import { DeviceTensor, type Input, valuesOf } from './device-tensor.js';
import type { PlannedInput, PlannedOutput } from './donation.js';
import { allocate, dropRemote, fill, Memory, type TensorSpec } from './memory.js';

/** Steps longer than this leave the event loop running; shorter ones are not worth its 0.1 ms. */
const LONG_STEP_MS = 2;
/** One long step alone was interrupted: where others want the processor too, any step is now and then. */
const IN_A_ROW = 2;

/**
 * One loaded graph and the memory it works in.
 *
 * A request's memory is bound once. A step of a training loop writes its new state over the old one (see `planDonation`); where the graph or the runtime
 * does not allow that, it reads memory A and writes B, and the next reads B and writes A, with a second request. So nothing is bound, copied
 * or allocated in the loop.
 */
export class Plan {
  readonly #program: Program;
  readonly #inputs: readonly PlannedInput[];
  readonly #outputs: readonly PlannedOutput[];
  readonly #donated: readonly number[];
  readonly #requests: Bound[] = [];
  /** Steps in a row that were long; it is taken for long until it is measured. */
  #long = IN_A_ROW;

  constructor(program: Program, inputs: readonly PlannedInput[], outputs: readonly PlannedOutput[]) {
    this.#program = program;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#donated = inputs.flatMap(({ donated }, i) => (donated ? [i] : []));
  }

  /** Whether the values of a leaf are lost when a call fails midway. */
  isAliased(leaf: number): boolean {
    return this.#outputs.some(({ aliases, replaces }) => aliases && this.#inputs[replaces].leaf === leaf);
  }

  /** Runs the graph on the leaves of a call; `memories[i]` is the memory of leaf i where it is a tensor. */
  run(leaves: readonly Input[], memories: readonly (Memory | undefined)[]): DeviceTensor[] | Promise<DeviceTensor[]> {
    const bound = this.#boundTo(memories);
    this.#bindInputs(bound, leaves, memories);
    this.#bindOutputs(bound);
    const start = performance.now();
    if (this.#long >= IN_A_ROW) return this.#runLong(bound, start);
    try {
      bound.request.run();
    } finally {
      for (const memory of bound.request.outputs) memory.holds--;
    }
    this.#long = performance.now() - start < LONG_STEP_MS ? 0 : this.#long + 1;
    return this.#results(bound.request);
  }

  async #runLong({ request }: Bound, start: number): Promise<DeviceTensor[]> {
    for (const memory of request.inputs) memory.holds++; // another function may be given it while this one reads it
    const before = process.cpuUsage();
    try {
      await request.start();
    } finally {
      for (const memory of request.inputs) memory.holds--;
      for (const memory of request.outputs) memory.holds--;
    }
    if (performance.now() - start < LONG_STEP_MS || spentSince(before) < LONG_STEP_MS) this.#long = 0;
    return this.#results(request);
  }

  /** A request over memory that nothing else uses: one for each leaf that the graph reads, as which input, and for each output. */
  bindOwn(leaves: number): { request: Request; places: readonly number[]; inputs: readonly Memory[]; outputs: readonly Memory[] } {
    const inputs: Memory[] = [];
    const places = new Array<number>(leaves).fill(-1);
    for (const [i, input] of this.#inputs.entries()) [inputs[input.leaf], places[input.leaf]] = [owned(input), i];
    const outputs = this.#outputs.map(owned);
    const read = this.#inputs.map(({ leaf }) => inputs[leaf]);
    const written = outputs.filter((_, j) => !this.#outputs[j].empty);
    return { request: this.#program.bind(read, written), places, inputs, outputs };
  }

  /** The request that already reads most of the donated state, or a second one. */
  #boundTo(memories: readonly (Memory | undefined)[]): Bound {
    let best: Bound | undefined;
    let most = -1;
    for (const bound of this.#requests) {
      const count = this.#matching(bound, memories);
      if (count === this.#donated.length) return bound;
      if (count > most) [best, most] = [bound, count];
    }
    if (best && (most > 0 || this.#requests.length === 2)) return best;
    const staging: Memory[] = [];
    for (const [i, input] of this.#inputs.entries()) if (!memories[input.leaf]) staging[i] = owned(input);
    const inputs = this.#inputs.map(({ leaf }, i) => memories[leaf] ?? staging[i]);
    const outputs: Memory[] = [];
    for (const output of this.#outputs) if (!output.empty) outputs.push(this.#target(output, inputs) ?? this.#spare(output, outputs));
    const bound = { request: this.#program.bind(inputs, outputs), staging };
    this.#requests.push(bound);
    return bound;
  }

  #matching({ request }: Bound, memories: readonly (Memory | undefined)[]): number {
    let count = 0;
    for (const i of this.#donated) if (request.inputs[i] === memories[this.#inputs[i].leaf]) count++;
    return count;
  }

  #bindInputs({ request, staging }: Bound, leaves: readonly Input[], memories: readonly (Memory | undefined)[]): void {
    for (let i = 0; i < this.#inputs.length; i++) {
      const input = this.#inputs[i];
      let memory = memories[input.leaf];
      if (!memory) {
        memory = staging[i] ??= owned(input);
        fill(memory, valuesOf(leaves[input.leaf] as Exclude<Input, DeviceTensor>));
      }
      if (request.inputs[i] !== memory) request.setInput(i, memory);
      if (memory.remote && !this.#program.isRemote) void memory.data; // brings it over
    }
  }

  /** Gives each output memory that nobody needs, and holds it. */
  #bindOutputs({ request }: Bound): void {
    let i = 0;
    for (const output of this.#outputs) {
      if (output.empty) continue;
      const over = this.#target(output, request.inputs);
      if (over && request.outputs[i] !== over) request.setOutput(i, over);
      if (!over && request.outputs[i].holds > 0) request.setOutput(i, this.#spare(output, []));
      if (request.outputs[i].remote && !this.#program.isRemote) dropRemote(request.outputs[i]);
      request.outputs[i++].holds++;
    }
  }

  /** The memory of the input that the output aliases: nothing but this call needs it, for nothing but this input. */
  #target({ replaces, aliases }: PlannedOutput, inputs: readonly Memory[]): Memory | undefined {
    if (!aliases) return undefined;
    const memory = inputs[replaces];
    if (memory.holds !== 1) return undefined;
    for (let i = 0; i < inputs.length; i++) if (inputs[i] === memory && i !== replaces) return undefined;
    return memory;
  }

  /** The memory of an earlier state that was given up, or new memory. */
  #spare({ replaces, shape, dtype }: PlannedOutput, taken: readonly Memory[]): Memory {
    if (replaces >= 0)
      for (const { request } of this.#requests) {
        const memory = request.inputs[replaces];
        if (memory.holds === 0 && !taken.includes(memory)) return memory;
      }
    return allocate(shape, dtype);
  }

  #results(request: Request): DeviceTensor[] {
    let i = 0;
    return this.#outputs.map(({ shape, dtype, copied, empty }) => {
      if (empty) return new DeviceTensor(allocate(shape, dtype));
      const memory = request.outputs[i++];
      return new DeviceTensor(copied ? new Memory(shape, dtype, memory.data.slice()) : memory);
    });
  }

  release(): void {
    for (const { request } of this.#requests) request.release();
    this.#requests.length = 0;
    this.#program.release();
  }
}

/** Milliseconds of the processor: where others wait for it too, a short step lasts as long as they let it, and is none the longer. */
function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Memory that no output ever takes. */
function owned({ shape, dtype }: TensorSpec): Memory {
  const memory = allocate(shape, dtype);
  memory.holds++;
  return memory;
}

/** A request, and the memory it owns for inputs that come from JavaScript. */
interface Bound {
  readonly request: Request;
  readonly staging: Memory[];
}
