import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOf, type Kernel, startKernel } from './client.js';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.run("import { interact, slider, dropdown, checkbox, onComm, openComm } from 'lemmata/kernel';");
});
afterAll(() => kernel.stop());

const published = (type: string, of: string) =>
  kernel.waitFor((message) => message.header.msg_type === type && isOf(message, of)).then(({ content }) => content);

describe('a comm', () => {
  it('opened by a cell carries messages both ways, and is listed until it is closed', async () => {
    const cell = kernel.start(
      "const line = openComm('ticks', { from: 1 }); const heard: unknown[] = []; line.onMessage = (data) => { heard.push(data); line.send({ got: heard.length }); }; line.onClose = () => heard.push('closed');",
    );
    await cell.result;
    const opened = await published('comm_open', cell.id);
    expect(opened).toMatchObject({ target_name: 'ticks', data: { from: 1 } });
    const { comm_id } = opened;
    expect(await kernel.request('comm_info_request', { target_name: 'ticks' })).toEqual({
      status: 'ok',
      comms: { [comm_id]: { target_name: 'ticks' } },
    });
    expect((await kernel.request('comm_info_request', { target_name: 'other' })).comms).toEqual({});
    kernel.send('comm_msg', { comm_id, data: { price: 7 } });
    expect(await published('comm_msg', cell.id)).toEqual({ comm_id, data: { got: 1 } });
    kernel.send('comm_close', { comm_id, data: {} });
    await kernel.run('1');
    expect((await kernel.run('heard')).text).toBe("[ { price: 7 }, 'closed' ]");
    expect((await kernel.request('comm_info_request', {})).comms).not.toHaveProperty(comm_id);
  });

  it('opened by the page reaches who listens for its target, and is closed where nobody does', async () => {
    await kernel.run("onComm('page', (comm, data) => comm.send({ hello: data.name }));");
    kernel.send('comm_open', { comm_id: 'p1', target_name: 'page', data: { name: 'Ada' } });
    const { content } = await kernel.waitFor(({ header, content }) => header.msg_type === 'comm_msg' && content.comm_id === 'p1');
    expect(content.data).toEqual({ hello: 'Ada' });
    const { id } = kernel.send('comm_open', { comm_id: 'p2', target_name: 'nobody', data: {} });
    expect(await published('comm_close', id)).toEqual({ comm_id: 'p2', data: {} });
  });
});

describe('a widget', () => {
  const moved = (comm_id: string, state: object) =>
    kernel.send('comm_msg', { comm_id, data: { method: 'update', state, buffer_paths: [] } });

  it('shows as ipywidgets do, follows the reader, and moves when its value is set', async () => {
    const cell = kernel.start("const window = slider({ min: 5, max: 250, value: 60, description: 'days' }); window");
    const { outputs } = await cell.result;
    const view = outputs.find(({ type }) => type === 'execute_result')!.content.data['application/vnd.jupyter.widget-view+json'];
    const opened = outputs.filter(({ type }) => type === 'comm_open').map(({ content }) => content);
    expect(opened.map(({ data }) => data.state._model_name)).toEqual(['LayoutModel', 'SliderStyleModel', 'IntSliderModel']);
    expect(opened[2]).toMatchObject({
      comm_id: view.model_id,
      data: { state: { min: 5, max: 250, value: 60, layout: `IPY_MODEL_${opened[0].comm_id}` } },
    });
    moved(view.model_id, { value: 90 });
    expect((await kernel.run('window.value')).text).toBe('90');
    const set = kernel.start('window.value = 20;');
    await set.result;
    expect(await published('comm_msg', set.id)).toMatchObject({ comm_id: view.model_id, data: { method: 'update', state: { value: 20 } } });
    // A page that was loaded anew asks for the state.
    kernel.send('comm_msg', { comm_id: view.model_id, data: { method: 'request_state' } });
    const { content } = await kernel.waitFor(({ header, content }) => header.msg_type === 'comm_msg' && content.data.state?.min === 5);
    expect(content.data.state.value).toBe(20);
  });

  it('draws anew what depends on it', async () => {
    const cell = kernel.start(
      'await interact({ n: slider({ max: 9, value: 2 }), asset: dropdown({ options: ["SPY", "QQQ"] }), log: checkbox() }, ({ n, asset, log }) => [asset, n ** 2, log].join(" "));',
    );
    const { outputs } = await cell.result;
    expect(outputs.filter(({ type }) => type === 'display_data').at(-1)?.content.data['text/plain']).toBe("'SPY 4 false'");
    const models = outputs.filter(({ type }) => type === 'comm_open').map(({ content }) => content);
    const id = (name: string) => models.find(({ data }) => data.state._model_name === name)!.comm_id;
    moved(id('IntSliderModel'), { value: 3 });
    const updated = (text: string) =>
      kernel.waitFor(({ header, content }) => header.msg_type === 'update_display_data' && content.data['text/plain'] === text);
    await updated("'SPY 9 false'");
    moved(id('DropdownModel'), { index: 1 });
    await updated("'QQQ 9 false'");
  });

  it('draws once a move though its cell ran twice, and also after another cell was interrupted', async () => {
    await kernel.run('const one = slider({ max: 9 }); let drawn = 0;');
    const cell = 'await interact({ one }, async ({ one }) => { await null; drawn++; return one; });';
    await kernel.run(cell);
    const { outputs } = await kernel.run(cell);
    const shown = outputs.find(({ content }) => content.data?.['application/vnd.jupyter.widget-view+json']);
    const id = shown!.content.data['application/vnd.jupyter.widget-view+json'].model_id;
    const endless = kernel.start('for (;;) {}');
    await kernel.waitFor((message) => isOf(message, endless.id) && message.header.msg_type === 'execute_input');
    await kernel.interrupt();
    await endless.result;
    moved(id, { value: 4 });
    await kernel.waitFor(({ header, content }) => header.msg_type === 'update_display_data' && content.data['text/plain'] === '4');
    expect((await kernel.run('drawn')).text).toBe('3');
  });

  it('refuses what it cannot show', async () => {
    expect((await kernel.run('slider({ min: 1, max: 0 })')).reply.evalue).toMatch(/^slider: needs min < max/);
    expect((await kernel.run("dropdown({ options: ['a'], value: 'b' })")).reply.evalue).toBe("dropdown: 'b' is none of the options a");
  });
});
