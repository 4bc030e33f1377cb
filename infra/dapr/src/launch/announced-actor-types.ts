import { z } from 'zod';
import { httpGet } from '../processes/http-get.ts';

const ActorConfig = z.looseObject({ entities: z.array(z.string()).optional() });

/** The actor types an application announces at `/dapr/config`; none when it does not answer that. */
export async function announcedActorTypes(appPort: number): Promise<readonly string[]> {
  try {
    const answer = await httpGet(`http://127.0.0.1:${appPort}/dapr/config`);
    if (answer.status !== 200) return [];
    return ActorConfig.parse(JSON.parse(answer.body)).entities ?? [];
  } catch {
    return [];
  }
}
