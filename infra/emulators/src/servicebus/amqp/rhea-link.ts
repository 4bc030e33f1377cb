import type { EventEmitter } from 'node:events';

/** Fields of a delivery of rhea that its type declarations hide or forbid to set. */
export interface RheaDelivery {
  readonly id: number;
  readonly data?: readonly Buffer[];
  settled: boolean;
  remote_settled: boolean;
  readonly remote_state?: Readonly<Record<string, unknown>>;
  update(settled: boolean, state?: unknown): void;
  accept(): void;
  reject(error: AmqpError): void;
}

/** An error as AMQP carries it. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

/** A terminus of a link. */
export interface Terminus {
  readonly address?: string | null;
  readonly filter?: Readonly<Record<string, unknown>> | null;
}

/** The parts of a session that links use. */
export interface RheaSession extends EventEmitter {
  readonly connection: RheaConnection;
  on_transfer(frame: { readonly performative: { message_format?: number | null } }): void;
}

/** The parts of a connection that links use. */
export interface RheaConnection extends EventEmitter {
  readonly socket: { destroy(): void };
  close(error?: AmqpError): void;
}

/** The parts of a link that both directions share. */
export interface RheaLink extends EventEmitter {
  readonly name: string;
  readonly session: RheaSession;
  readonly connection: RheaConnection;
  readonly source: Terminus | null;
  readonly target: Terminus | null;
  readonly properties: Readonly<Record<string, unknown>> | null | undefined;
  readonly snd_settle_mode: number | null;
  readonly rcv_settle_mode: number | null;
  readonly state: { local_open: boolean; open_requests: number };
  readonly local: {
    readonly attach: {
      max_message_size?: number;
      snd_settle_mode?: number;
      rcv_settle_mode?: number;
      properties?: Readonly<Record<string, unknown>>;
    };
  };
  set_source(fields: object): void;
  set_target(fields: object): void;
  open(): void;
  close(error?: AmqpError): void;
  is_open(): boolean;
}

/** A link on which this side sends. */
export interface RheaSender extends RheaLink {
  credit: number;
  delivery_count: number;
  _draining: boolean;
  _drained: boolean;
  _get_drain(): boolean;
  sendable(): boolean;
  set_drained(drained: boolean): void;
  send(message: unknown, tag?: Buffer, format?: number): RheaDelivery;
}

/** A link on which this side receives. */
export interface RheaReceiver extends RheaLink {
  add_credit(credit: number): void;
}

/** What rhea tells its listeners. */
export interface RheaContext {
  readonly connection: RheaConnection;
  readonly session: RheaSession;
  readonly sender: RheaSender;
  readonly receiver: RheaReceiver;
  readonly delivery: RheaDelivery;
  readonly message: Buffer;
  readonly format: number;
}

/** Stands for the message format 0, of which rhea would otherwise decode the message and drop its bytes. */
export const RAW_FORMAT = 0x7fff0000;

/** Has a session hand over messages as they are encoded. */
export function keepBytes(session: RheaSession): void {
  const onTransfer = session.on_transfer.bind(session);
  session.on_transfer = (frame) => {
    const { performative } = frame;
    performative.message_format ||= RAW_FORMAT;
    onTransfer(frame);
  };
}

/** Takes back that rhea answers the attachment of a link at once; `open` on the link answers it. */
export function postponeAnswer(link: RheaLink): void {
  link.state.local_open = false;
  link.state.open_requests = 0;
}
