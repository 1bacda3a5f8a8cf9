import { AppError } from '@faas/errors';
import { runInContext } from '@faas/request-context';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, currentTraceparent, parseTraceparent, recordCount, recordDuration, startTelemetry, withModelCall, withSpan, type Telemetry } from '../index';

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status: { code?: number; message?: string };
  attributes: { key: string; value: Record<string, unknown> }[];
}

interface OtlpMetric {
  name: string;
  unit?: string;
  sum?: { dataPoints: unknown[] };
  histogram?: { dataPoints: { attributes: OtlpSpan['attributes']; sum: number; count: number | string; explicitBounds: number[] }[] };
}

interface OtlpBody {
  resourceSpans?: { resource: { attributes: OtlpSpan['attributes'] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
  resourceMetrics?: { scopeMetrics: { metrics: OtlpMetric[] }[] }[];
}

/** A real OTLP/HTTP receiver: it takes JSON on /v1/traces and /v1/metrics. */
class Receiver {
  readonly bodies: OtlpBody[] = [];
  private arrived: () => void = () => undefined;
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as OtlpBody);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      this.arrived();
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get spans(): OtlpSpan[] {
    return this.bodies.flatMap(({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
  }

  get metrics(): OtlpMetric[] {
    return this.bodies.flatMap(({ resourceMetrics = [] }) => resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)));
  }

  /** Resolves with the next body that arrives. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.arrived = resolve));
  }

  span(name: string): OtlpSpan {
    const found = this.spans.find((span) => span.name === name);
    if (!found) throw new Error(`No span ${name} among ${this.spans.map((span) => span.name).join(', ')}`);
    return found;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const attribute = (attributes: OtlpSpan['attributes'], key: string): unknown => Object.values(attributes.find((entry) => entry.key === key)?.value ?? {})[0];

describe('telemetry', () => {
  let receiver: Receiver;
  let endpoint: string;
  let telemetry: Telemetry;

  beforeEach(async () => {
    receiver = new Receiver();
    endpoint = await receiver.start();
    telemetry = await startTelemetry({ enabled: true, service: 'gateway-service', endpoint });
  });

  afterEach(async () => {
    await telemetry.shutdown();
    await receiver.close();
  });

  it('sends spans under the caller\'s trace, with kind, parent and service name', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await runInContext({ requestId: 'r', traceparent }, () => withSpan('outer', { a: 1 }, () => withSpan('inner', {}, async () => undefined, { kind: 'client' })));
    await telemetry.shutdown();
    const [outer, inner] = [receiver.span('outer'), receiver.span('inner')];
    expect(outer).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
    expect(inner).toMatchObject({ traceId: outer.traceId, parentSpanId: outer.spanId, kind: 3 });
    expect(attribute(receiver.bodies.find((body) => body.resourceSpans)?.resourceSpans?.[0]?.resource.attributes ?? [], 'service.name')).toBe('gateway-service');
  });

  it('forwards the active span and puts its trace id on log lines', async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 's', destination: { write: (line) => lines.push(line) } });
    const header = await withSpan('outer', {}, async () => {
      logger.info('inside');
      return currentTraceparent();
    });
    await telemetry.shutdown();
    const outer = receiver.span('outer');
    expect(parseTraceparent(header)).toMatchObject({ traceId: outer.traceId, spanId: outer.spanId, traceFlags: 1 });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ traceId: outer.traceId });
  });

  it('does not record a trace that its caller chose not to record', async () => {
    await runInContext({ requestId: 'r', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' }, () => withSpan('unsampled', {}, async () => undefined));
    await telemetry.shutdown();
    expect(receiver.spans).toEqual([]);
  });

  it('marks a failed span with the code and lets the error pass, without its message', async () => {
    const error = new AppError('MODEL_NOT_FOUND', 'the prompt was: hush');
    await expect(withSpan('failing', {}, () => Promise.reject(error))).rejects.toBe(error);
    await telemetry.shutdown();
    const span = receiver.span('failing');
    expect(span.status.code).toBe(2);
    expect(attribute(span.attributes, 'error.type')).toBe('MODEL_NOT_FOUND');
    expect(JSON.stringify(receiver.bodies)).not.toContain('hush');
  });

  it('describes calls of models by the GenAI conventions', async () => {
    await withModelCall({ operation: 'chat', provider: 'openai', model: 'gpt-x', server: 'api.openai.com' }, async (call) => {
      call.firstChunk();
      call.answered({ model: 'gpt-x-2026', inputTokens: 12, outputTokens: 30, finishReasons: ['stop'] });
    });
    await expect(withModelCall({ operation: 'chat', provider: 'openai', model: 'gpt-x' }, () => Promise.reject(new AppError('MODEL_PROVIDER_TIMEOUT', 'late')))).rejects.toMatchObject({ code: 'MODEL_PROVIDER_TIMEOUT' });
    await telemetry.shutdown();
    const { attributes, kind } = receiver.span('chat gpt-x');
    expect(kind).toBe(3);
    const expected = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-x',
      'gen_ai.response.model': 'gpt-x-2026',
      'server.address': 'api.openai.com',
    };
    for (const [key, value] of Object.entries(expected)) expect([key, attribute(attributes, key)]).toEqual([key, value]);
    expect([Number(attribute(attributes, 'gen_ai.usage.input_tokens')), Number(attribute(attributes, 'gen_ai.usage.output_tokens'))]).toEqual([12, 30]);
    expect(attribute(attributes, 'gen_ai.response.time_to_first_chunk')).toEqual(expect.any(Number));
    const histograms = new Map(receiver.metrics.map((metric) => [metric.name, metric]));
    const tokens = histograms.get('gen_ai.client.token.usage')?.histogram?.dataPoints ?? [];
    expect(tokens.map((point) => [attribute(point.attributes, 'gen_ai.token.type'), point.sum]).sort()).toEqual([['input', 12], ['output', 30]]);
    const durations = histograms.get('gen_ai.client.operation.duration')?.histogram?.dataPoints ?? [];
    expect(durations.map((point) => attribute(point.attributes, 'error.type'))).toEqual(expect.arrayContaining([undefined, 'MODEL_PROVIDER_TIMEOUT']));
    expect(durations[0]?.explicitBounds[0]).toBe(0.01);
  });

  it('sends counters and durations in seconds', async () => {
    recordCount('faas.jobs', 2, { outcome: 'succeeded' });
    recordDuration('faas.job.duration', 1_500);
    await telemetry.shutdown();
    const byName = new Map(receiver.metrics.map((metric) => [metric.name, metric]));
    expect(byName.get('faas.jobs')?.sum?.dataPoints).toHaveLength(1);
    expect(byName.get('faas.job.duration')).toMatchObject({ unit: 's', histogram: { dataPoints: [expect.objectContaining({ sum: 1.5 })] } });
  });

  it('sends metrics by itself while the process runs', async () => {
    await telemetry.shutdown();
    telemetry = await startTelemetry({ enabled: true, service: 's', endpoint, metricsIntervalMs: 500 });
    const arrived = receiver.next();
    recordCount('faas.ticks');
    await arrived;
    expect(receiver.metrics.map(({ name }) => name)).toEqual(['faas.ticks']);
  });
});

describe('a collector that is away', () => {
  it('fails neither work nor shutdown, and does not hold up either', async () => {
    const receiver = new Receiver();
    const endpoint = await receiver.start();
    await receiver.close();
    const telemetry = await startTelemetry({ enabled: true, service: 's', endpoint, metricsIntervalMs: 20 });
    expect(await withSpan('work', {}, async () => 42)).toBe(42);
    recordCount('faas.lost');
    const startedAt = performance.now();
    await telemetry.shutdown();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(await withSpan('after', {}, async () => 43)).toBe(43);
  });

  it('is a configuration error when its address is none', async () => {
    await expect(startTelemetry({ enabled: true, service: 's', endpoint: 'localhost:4318' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
