import type { Entity, Namespace } from '../broker/namespace.ts';
import type { MessageQueue } from '../broker/message-queue.ts';
import type { SessionLock } from '../broker/session-lane.ts';
import { ManagementBody } from '../management/management-body.ts';
import { OPERATIONS } from '../management/operations.ts';
import { asServiceBusError, CONDITION, ServiceBusError } from '../service-bus-error.ts';
import { ConsumerLink } from './consumer-link.ts';
import type { Dispatcher } from './dispatcher.ts';
import { GrantedAccess } from './granted-access.ts';
import { serveProducer } from './producer-link.ts';
import { RequestNode, type NodeAnswer, type NodeRequest } from './request-node.ts';
import type { RheaConnection, RheaLink, RheaReceiver, RheaSender } from './rhea-link.ts';
import { checkSasToken, type AccessRule } from './sas-token.ts';
import { acceptSessionLink, sessionFilterOf } from './session-link.ts';

const CBS = '$cbs';
const MANAGEMENT = '/$management';
/** How long a refused link is open: an SDK that is told at once takes the link for one that was closed for no reason. */
const REFUSAL_AFTER_MS = 5;

/** What all connections share. */
export interface ConnectionContext {
  readonly namespace: Namespace;
  readonly rule: AccessRule;
  readonly maxMessageBytes: number;
  readonly now: () => number;
  readonly dispatcherOf: (queue: MessageQueue) => Dispatcher;
  /** Throws while the namespace is throttled. */
  readonly checkThrottle: () => void;
}

/** The links of one connection. */
export class ClientConnection {
  readonly #context: ConnectionContext;
  readonly #access = new GrantedAccess();
  readonly #nodes = new Map<string, RequestNode>();
  /** Links of receivers, with what is to be done when they are gone. */
  readonly #onGone = new Map<RheaLink, () => void>();
  readonly #open = new Map<RheaLink, string>();
  readonly #sessions = new Set<SessionLock>();

  constructor(connection: RheaConnection, context: ConnectionContext) {
    this.#context = context;
    connection.on('session_close', ({ session }: { readonly session: unknown }) => {
      for (const link of this.#onGone.keys()) if (link.session === session) this.#gone(link);
    });
  }

  /** A client that wants to send, or to make requests. */
  attachReceiver(link: RheaReceiver): void {
    const path = link.target?.address ?? '';
    this.#attach(link, path, () => {
      // A refused link has neither source nor target, by which clients know that an error follows.
      const confirm = (): void => {
        link.set_target({ address: path });
        link.set_source({ address: link.source?.address ?? '' });
      };
      const node = this.#nodeFor(path);
      if (node !== undefined) {
        confirm();
        node.addRequests(link);
        return;
      }
      const { namespace, maxMessageBytes, now, checkThrottle } = this.#context;
      const { ingress, status } = namespace.entity(path);
      if (ingress === undefined) {
        throw new ServiceBusError(CONDITION.notAllowed, `Nothing can be sent to '${path}'.`);
      }
      checkEnabled(path, status, 'SendDisabled');
      link.local.attach.max_message_size = maxMessageBytes;
      link.local.attach.rcv_settle_mode = link.rcv_settle_mode ?? 0;
      confirm();
      serveProducer(link, ingress, { now, maxMessageBytes, check: checkThrottle });
    });
  }

  /** A client that wants to receive messages, or answers to its requests. */
  attachSender(link: RheaSender): void {
    const path = link.source?.address ?? '';
    this.#attach(link, path, () => {
      const node = this.#nodeFor(path);
      if (node !== undefined) {
        link.set_target({ address: link.target?.address ?? '' });
        link.set_source({ address: path });
        node.addAnswers(link);
        return;
      }
      const { queue, status } = this.#context.namespace.entity(path);
      if (queue === undefined) {
        throw new ServiceBusError(CONDITION.notAllowed, `Nothing can be received from '${path}'.`);
      }
      checkEnabled(path, status, 'ReceiveDisabled');
      link.local.attach.snd_settle_mode = link.snd_settle_mode ?? 0;
      link.local.attach.rcv_settle_mode = link.rcv_settle_mode ?? 0;
      this.#receive(link, path, queue);
    });
  }

  /** Closes the links that no token allows any more. */
  checkTokens(nowMs: number): void {
    for (const [link, path] of this.#open) {
      try {
        this.#access.check(path, nowMs);
      } catch (error) {
        this.#open.delete(link);
        link.close(asServiceBusError(error).amqpError);
      }
    }
  }

  /** The connection is gone, with all its links. */
  closed(): void {
    for (const link of this.#onGone.keys()) this.#gone(link);
    this.#open.clear();
  }

  #attach(link: RheaLink, path: string, serve: () => void): void {
    const goneEvent = 'credit' in link && 'send' in link ? 'sender_close' : 'receiver_close';
    link.on(goneEvent, () => this.#gone(link));
    try {
      if (path !== CBS) {
        this.#access.check(path, this.#context.now());
        this.#open.set(link, path);
      }
      serve();
    } catch (error) {
      this.#open.delete(link);
      const { amqpError } = asServiceBusError(error);
      setTimeout(() => link.close(amqpError), REFUSAL_AFTER_MS);
    }
  }

  #gone(link: RheaLink): void {
    this.#open.delete(link);
    const onGone = this.#onGone.get(link);
    this.#onGone.delete(link);
    onGone?.();
  }

  #receive(link: RheaSender, path: string, queue: MessageQueue): void {
    const { now, dispatcherOf } = this.#context;
    const dispatcher = dispatcherOf(queue);
    const serve = (session: SessionLock | undefined): void => {
      const consumer = new ConsumerLink(link, queue, { now, dispatcher, session });
      if (session !== undefined) this.#sessions.add(session);
      this.#onGone.set(link, () => {
        consumer.closed();
        if (session !== undefined) this.#sessions.delete(session);
      });
    };
    const filter = sessionFilterOf(link);
    if (filter === undefined) {
      if (queue.hasSessions) {
        throw new ServiceBusError(
          CONDITION.notAllowed,
          `It is not possible for an entity that requires sessions to create a non-sessionful message receiver. Entity: '${path}'.`,
        );
      }
      link.set_target({ address: link.target?.address ?? '' });
      link.set_source({ address: path });
      serve(undefined);
      return;
    }
    if (!queue.hasSessions) {
      throw new ServiceBusError(
        CONDITION.notAllowed,
        `A sessionful message receiver cannot be created on an entity that does not require sessions. Entity: '${path}'.`,
      );
    }
    const stop = acceptSessionLink({ link, path, queue, filter, dispatcher, now, serve });
    if (!this.#onGone.has(link)) this.#onGone.set(link, stop);
  }

  #nodeFor(path: string): RequestNode | undefined {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const isManagement = path.toLowerCase().endsWith(MANAGEMENT);
    if (path !== CBS && !isManagement) return undefined;
    const entity = isManagement
      ? this.#context.namespace.entity(path.slice(0, -MANAGEMENT.length))
      : undefined;
    const node = new RequestNode((request) =>
      entity === undefined ? this.#putToken(request) : this.#manage(entity, request),
    );
    this.#nodes.set(path, node);
    return node;
  }

  #putToken({ properties, body }: NodeRequest): NodeAnswer {
    const { name, operation } = properties;
    if (operation !== 'put-token' || typeof name !== 'string' || typeof body !== 'string') {
      throw new ServiceBusError(CONDITION.argument, 'The node $cbs knows put-token with a token.');
    }
    const { rule, now } = this.#context;
    this.#access.grant(name, checkSasToken(body, name, rule, now()));
    return { status: 202, description: 'Accepted' };
  }

  #manage(entity: Entity, { properties, body }: NodeRequest): NodeAnswer {
    const nowMs = this.#context.now();
    this.#access.check(`${entity.path}${MANAGEMENT}`, nowMs);
    this.#context.checkThrottle();
    const name = properties['operation'];
    const operation = typeof name === 'string' ? OPERATIONS.get(name) : undefined;
    if (operation === undefined) {
      throw new ServiceBusError(
        CONDITION.notImplemented,
        `The operation ${JSON.stringify(name)} is not supported by this emulator.`,
      );
    }
    const answer = operation({
      entity,
      body: new ManagementBody(body),
      nowMs,
      maxMessageBytes: this.#context.maxMessageBytes,
      holds: (session) => this.#sessions.has(session),
    });
    return { description: 'OK', ...answer };
  }
}

function checkEnabled(
  path: string,
  status: Entity['status'],
  disabled: 'SendDisabled' | 'ReceiveDisabled',
): void {
  if (status !== 'Disabled' && status !== disabled) return;
  throw new ServiceBusError(
    CONDITION.entityDisabled,
    `Messaging entity '${path}' is currently disabled.`,
  );
}
