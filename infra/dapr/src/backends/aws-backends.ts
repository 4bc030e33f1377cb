import type { Overlay } from '../launch/overlay.ts';
import { allOrNone } from './all-or-none.ts';
import { startDynamoDb } from './dynamodb-local.ts';
import { startMoto } from './moto.ts';
import type { ServerOptions } from './postgres.ts';
import type { SetBackends } from './set-backends.ts';
import { DYNAMODB_THROTTLED, startFaultProxy, type FaultProxy } from './fault-proxy.ts';

const REGION = 'us-east-1';
const BUCKET = 'maestro-blobs';
/** Any will do for DynamoDB Local and moto. */
const CREDENTIALS = { accessKey: 'local', secretKey: 'local' };

/** Starts DynamoDB Local and moto for `components/aws`; both or, on failure, none. */
export async function startAwsBackends(
  options: ServerOptions & { readonly faults?: boolean },
): Promise<SetBackends> {
  return await allOrNone([startDynamoDb(options), startMoto(options)], async ([dynamodb, moto]) => {
    const created = await fetch(`http://127.0.0.1:${moto.port}/${BUCKET}`, { method: 'PUT' });
    if (!created.ok) throw new Error(`the bucket could not be made: ${created.status}`);
    const proxy = options.faults
      ? await startFaultProxy(dynamodb.port, DYNAMODB_THROTTLED)
      : undefined;
    return {
      servers: { state: dynamodb, pubsub: moto, blobs: moto },
      env: { MAESTRO_AWS_REGION: REGION, MAESTRO_S3_BUCKET: BUCKET },
      overlay: awsOverlay(proxy?.port ?? dynamodb.port, moto.port),
      ...(proxy && { throttling: proxy, outage: (ms) => cutOffFor(proxy, ms) }),
      emulated: 'DynamoDB Local; moto (SNS, SQS, S3)',
      stop: async () => {
        await Promise.all([proxy?.stop(), dynamodb.stop(), moto.stop()]);
      },
    };
  });
}

/**
 * The service is away, and keeps what it has acknowledged. To kill DynamoDB Local would be another fault: of what it
 * has acknowledged it loses the last when its process ends, by whichever signal.
 */
async function cutOffFor(proxy: FaultProxy, ms: number): Promise<void> {
  proxy.cutOff(ms);
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * What reaches these servers. Secrets come from the environment: a daprd that is built with the stable components alone
 * does not know Secrets Manager (the images of Dapr do).
 */
export function awsOverlay(dynamodbPort: number, motoPort: number): Overlay {
  const dynamodb = `http://127.0.0.1:${dynamodbPort}`;
  const moto = `http://127.0.0.1:${motoPort}`;
  return {
    'maestro-state': { set: { endpoint: dynamodb, ...CREDENTIALS } },
    'maestro-pubsub': { set: { endpoint: moto, ...CREDENTIALS } },
    'maestro-blobs': { set: { endpoint: moto, forcePathStyle: 'true', ...CREDENTIALS } },
    'maestro-secrets': {
      type: 'secretstores.local.env',
      set: { prefix: 'MAESTRO_SECRET_' },
      unset: ['region'],
    },
  };
}
