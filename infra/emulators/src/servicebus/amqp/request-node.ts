import rhea from 'rhea';
import { asServiceBusError } from '../service-bus-error.ts';
import { BATCH_FORMAT } from '../codec/message-content.ts';
import type { RheaContext, RheaReceiver, RheaSender } from './rhea-link.ts';

const CREDIT = 100;
const TOP_UP_AT = CREDIT / 2;

/** A request that came in on a link. */
export interface NodeRequest {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** What answers a {@link NodeRequest}. */
export interface NodeAnswer {
  readonly status: number;
  readonly description: string;
  readonly body?: unknown;
}

/**
 * A node such as `$cbs` or the management node of an entity: requests come in on one link of a session, and answers go out on
 * another one of the same session.
 */
export class RequestNode {
  readonly #answer: (request: NodeRequest) => NodeAnswer;
  readonly #answerLinks = new Set<RheaSender>();

  constructor(answer: (request: NodeRequest) => NodeAnswer) {
    this.#answer = answer;
  }

  /** A link on which answers go out. */
  addAnswers(link: RheaSender): void {
    this.#answerLinks.add(link);
    link.on('sender_close', () => this.#answerLinks.delete(link));
  }

  /** A link on which requests come in. */
  addRequests(link: RheaReceiver): void {
    let used = 0;
    link.on('message', ({ message, format, delivery }: RheaContext) => {
      used += 1;
      if (used >= TOP_UP_AT) {
        link.add_credit(used);
        used = 0;
      }
      delivery.accept();
      if (format !== BATCH_FORMAT) this.#serve(link, message);
    });
    link.add_credit(CREDIT);
  }

  #serve(link: RheaReceiver, message: Buffer): void {
    const request = rhea.message.decode(message);
    const properties = (request['application_properties'] ?? {}) as Record<string, unknown>;
    const send = (fields: Record<string, unknown>, body: unknown): void => {
      this.#linkFor(link, request['reply_to'])?.send({
        correlation_id: request['message_id'],
        application_properties: fields,
        body,
      });
    };
    try {
      const { status, description, body } = this.#answer({ properties, body: request['body'] });
      send(
        { statusCode: rhea.types.wrap_int(status), statusDescription: description },
        body ?? null,
      );
    } catch (error) {
      const { status, message: text, condition } = asServiceBusError(error);
      const fields = {
        statusCode: rhea.types.wrap_int(status),
        statusDescription: text,
        errorCondition: rhea.types.wrap_symbol(condition),
      };
      send(fields, null);
    }
  }

  #linkFor(link: RheaReceiver, replyTo: unknown): RheaSender | undefined {
    const links = Array.from(this.#answerLinks);
    const named = links.find(
      ({ name, target }) => name === replyTo || (target?.address ?? undefined) === replyTo,
    );
    return named ?? links.find(({ session }) => session === link.session);
  }
}
