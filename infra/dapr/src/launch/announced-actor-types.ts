import { z } from 'zod';
import { httpGet } from '../processes/http-get.ts';

const ActorConfig = z.looseObject({ entities: z.array(z.string()).optional() });

/**
 * The actor types an application announces at `/dapr/config`; none when it does not answer that.
 *
 * @param appToken what the application wants to be shown (`APP_API_TOKEN`).
 */
export async function announcedActorTypes(
  appPort: number,
  appToken: string | undefined,
): Promise<readonly string[]> {
  try {
    const headers = appToken === undefined ? {} : { 'dapr-api-token': appToken };
    const answer = await httpGet(`http://127.0.0.1:${appPort}/dapr/config`, 2_000, headers);
    if (answer.status !== 200) return [];
    return ActorConfig.parse(JSON.parse(answer.body)).entities ?? [];
  } catch {
    return [];
  }
}
