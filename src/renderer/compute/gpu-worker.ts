import type {GpuEngine} from '../../twin/gpu/gpu-engine.ts';
import type {OrderTaker} from '../../twin/gpu/gpu-orders.ts';
import type {GpuCall, GpuReply} from './gpu-messages.ts';

// Entry of the thread that computes on the GPU, so that the window stays free. The optics are loaded with the first order.

const reply = (message: GpuReply, transfer: Transferable[] = []): void => postMessage(message, {transfer});
const end = (reason: string): void => reply({kind: 'ended', reason});

const findAdapter = async (): Promise<GPUAdapter | null> =>
  (await navigator.gpu?.requestAdapter({powerPreference: 'high-performance'})) ?? null;

/** What people know a GPU by, as far as the browser tells it. */
function nameOf({info}: GPUAdapter): string {
  const told = info.description === '' ? [info.vendor, info.architecture, info.device] : [info.description];
  return told.filter((part) => part !== '').join(' ') || 'GPU';
}

async function openDevice(): Promise<GPUDevice> {
  const adapter = await findAdapter();
  if (adapter === null) throw new Error('the browser has no GPU any more');
  const {maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize} = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: {maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize},
  });
  void device.lost.then(({message}) =>
    end(`the browser has lost its GPU${message === '' ? '' : `: ${message}`}`),
  );
  return device;
}

let opened: Promise<OrderTaker> | undefined;

async function openTaker(): Promise<OrderTaker> {
  const [device, {createGpuEngine}, {createOrderTaker}] = await Promise.all([
    openDevice(),
    import('../../twin/gpu/gpu-engine.ts'),
    import('../../twin/gpu/gpu-orders.ts'),
  ]);
  return createOrderTaker((spec): Promise<GpuEngine> => createGpuEngine(device, spec));
}

async function take(call: GpuCall): Promise<void> {
  if (call.kind === 'look') {
    const adapter = await findAdapter();
    return reply({kind: 'found', name: adapter && nameOf(adapter)});
  }
  const taker = await (opened ??= openTaker());
  const values = await taker.carryOut(call.order);
  reply({kind: 'answer', number: call.number, values}, [values.buffer]);
}

addEventListener('message', ({data}: MessageEvent<GpuCall>) => {
  take(data).catch((error: unknown) => end(error instanceof Error ? error.message : String(error)));
});
