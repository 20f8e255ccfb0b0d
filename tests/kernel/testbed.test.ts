import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { isOf, type Kernel, startKernel } from './client.js';

/**
 * The checks of https://github.com/runtimed/kernel-testbed by name, in its four tiers, written from
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html. They run in this order, for the last ends the kernel.
 */
let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});

const PRINTS = "console.log('hello');";
const COMPLETE = '1 + 1';

/** The types of what one cell published, in order; a status by its state. */
async function published(code: string): Promise<string[]> {
  const cell = kernel.start(code);
  await cell.result;
  return kernel.published
    .filter((message) => isOf(message, cell.id))
    .map(({ header, content }) => (header.msg_type === 'status' ? content.execution_state : header.msg_type));
}

const info = () => kernel.request('kernel_info_request', {});

const CHECKS: Record<string, Record<string, () => Promise<void>>> = {
  'tier 1, the basic protocol': {
    async heartbeat_responds() {
      const beat = randomUUID();
      await kernel.heartbeat.send(beat);
      expect(String(await kernel.heartbeat.receive())).toBe(beat);
    },
    async iopub_welcome() {
      expect(kernel.published[0].header.msg_type).toBe('iopub_welcome');
      expect(kernel.published[0].content).toEqual({ subscription: '' });
    },
    async kernel_info_reply_valid() {
      expect((await info()).status).toBe('ok');
    },
    async kernel_info_has_language_info() {
      expect((await info()).language_info.name).toBe('typescript');
    },
    async kernel_info_has_protocol_version() {
      expect((await info()).protocol_version).toMatch(/^5\.\d+$/);
    },
    async execute_stdout() {
      expect((await kernel.run(PRINTS)).stdout).toBe('hello\n');
    },
    async execute_stderr() {
      expect((await kernel.run("console.error('an error');")).stderr).toBe('an error\n');
    },
    async execute_reply_ok() {
      expect((await kernel.run(COMPLETE)).reply.status).toBe('ok');
    },
    async status_busy_idle_lifecycle() {
      const types = await published(COMPLETE);
      expect([types[0], types.at(-1)]).toEqual(['busy', 'idle']);
      expect(types.filter((type) => ['busy', 'idle'].includes(type))).toHaveLength(2);
    },
    async execute_input_broadcast() {
      expect(await published(COMPLETE)).toEqual(['busy', 'execute_input', 'execute_result', 'idle']);
    },
  },
  'tier 2, interactive features': {
    async complete_request() {
      await kernel.run('const test_variable_for_completion = 42;');
      const reply = await kernel.request('complete_request', { code: 'test_variable_for', cursor_pos: 17 });
      expect(reply).toMatchObject({ status: 'ok', matches: ['test_variable_for_completion'], cursor_start: 0, cursor_end: 17 });
    },
    async inspect_request() {
      const code = 'test_variable_for_completion';
      const reply = await kernel.request('inspect_request', { code, cursor_pos: code.length, detail_level: 0 });
      expect(reply).toMatchObject({ status: 'ok', found: true });
      expect(reply.data['text/plain']).toContain(`${code}: 42`);
    },
    async is_complete_complete() {
      expect((await kernel.request('is_complete_request', { code: COMPLETE })).status).toBe('complete');
    },
    async is_complete_incomplete() {
      expect(await kernel.request('is_complete_request', { code: 'function f() {' })).toEqual({ status: 'incomplete', indent: '  ' });
    },
    async history_request() {
      await kernel.run(COMPLETE);
      const reply = await kernel.request('history_request', { hist_access_type: 'tail', n: 10, output: false, raw: true });
      expect(reply.status).toBe('ok');
      expect(reply.history.at(-1)[2]).toBe(COMPLETE);
    },
    async comm_info_request() {
      expect((await kernel.request('comm_info_request', {})).status).toBe('ok');
    },
    async error_handling() {
      const { reply, outputs } = await kernel.run('let = = 1;');
      expect(reply.status).toBe('error');
      expect(outputs.map(({ type }) => type)).toEqual(['error']);
    },
  },
  'tier 3, rich output': {
    async display_data() {
      const { outputs } = await kernel.run("import * as tslab from 'tslab'; tslab.display.html('<b>bold</b>');");
      expect(outputs).toMatchObject([{ type: 'display_data', content: { data: { 'text/html': '<b>bold</b>' } } }]);
    },
    async update_display_data() {
      const { outputs } = await kernel.run("const live = tslab.newDisplay(); live.text('before'); live.text('after');");
      expect(outputs.map(({ type }) => type)).toEqual(['display_data', 'update_display_data']);
      expect(outputs[1].content.transient.display_id).toBe(outputs[0].content.transient.display_id);
    },
    async execute_result() {
      expect((await kernel.run(COMPLETE)).text).toBe('2');
    },
    async rich_execute_result() {
      const { outputs } = await kernel.run("({ toMime: () => ({ 'text/html': '<i>x</i>', 'text/plain': 'x' }) })");
      expect(outputs).toMatchObject([{ type: 'execute_result', content: { data: { 'text/html': '<i>x</i>' } } }]);
    },
  },
  'tier 4, advanced features': {
    async stdin_input_request() {
      const asked: string[] = [];
      kernel.onInput = (prompt) => {
        asked.push(prompt);
        return 'test_input_42';
      };
      expect((await kernel.run("await input('Enter: ')")).text).toBe("'test_input_42'");
      expect(asked).toEqual(['Enter: ']);
    },
    async comms_lifecycle() {
      const comm_id = randomUUID();
      const { id } = kernel.send('comm_open', { comm_id, target_name: 'testbed', data: {} });
      const closed = await kernel.waitFor((message) => isOf(message, id) && message.header.msg_type === 'comm_close');
      expect(closed.content.comm_id).toBe(comm_id);
      kernel.send('comm_msg', { comm_id, data: {} });
      kernel.send('comm_close', { comm_id, data: {} });
      expect((await kernel.run(COMPLETE)).text).toBe('2');
    },
    async interrupt_request() {
      expect(await kernel.interrupt()).toEqual({ status: 'ok' });
    },
    async execution_count_increments() {
      const [first, second] = [await kernel.run(COMPLETE), await kernel.run(COMPLETE)].map(({ reply }) => reply.execution_count);
      expect(second).toBe(first + 1);
    },
    async parent_header_correlation() {
      const { id, reply } = kernel.send('execute_request', { code: PRINTS, silent: false });
      expect((await reply).parent.msg_id).toBe(id);
      await kernel.waitFor((message) => isOf(message, id) && message.content.execution_state === 'idle');
      const since = kernel.published.findIndex((message) => isOf(message, id));
      expect(kernel.published.slice(since).every((message) => isOf(message, id))).toBe(true);
    },
  },
  'tier 1, at the end': {
    async shutdown_reply() {
      expect(await kernel.request('shutdown_request', { restart: false }, 'control')).toEqual({ status: 'ok', restart: false });
      expect(await kernel.exited).toBe(0);
      await kernel.stop();
    },
  },
};

it('are all twenty-seven', () => {
  expect(Object.values(CHECKS).flatMap(Object.keys)).toHaveLength(27);
});

describe.each(Object.entries(CHECKS))('%s', (_, checks) => {
  it.each(Object.entries(checks))('%s', (_, check) => check());
});
