import { z } from 'zod';
import { httpGet } from '../processes/http-get.ts';

const Metadata = z.looseObject({
  actorRuntime: z
    .looseObject({
      hostReady: z.boolean().optional(),
      placement: z.string().optional(),
      activeActors: z.array(z.looseObject({ type: z.string() })).optional(),
    })
    .optional(),
});

/** What `/v1.0/metadata` of a sidecar says about actors. */
export interface SidecarMetadata {
  readonly hostReady: boolean;
  readonly placementConnected: boolean;
  /** Types the application has registered. */
  readonly actorTypes: ReadonlySet<string>;
}

/** Reads a sidecar's metadata. */
export async function readMetadata(httpPort: number): Promise<SidecarMetadata> {
  const answer = await httpGet(`http://127.0.0.1:${httpPort}/v1.0/metadata`);
  if (answer.status !== 200) throw new Error(`metadata answered ${answer.status}`);
  const { actorRuntime } = Metadata.parse(JSON.parse(answer.body));
  return {
    hostReady: actorRuntime?.hostReady ?? false,
    placementConnected: actorRuntime?.placement?.endsWith(': connected') ?? false,
    actorTypes: new Set((actorRuntime?.activeActors ?? []).map((actor) => actor.type)),
  };
}
