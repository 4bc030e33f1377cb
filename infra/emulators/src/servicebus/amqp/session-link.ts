import rhea from 'rhea';
import type { MessageQueue } from '../broker/message-queue.ts';
import type { SessionLock } from '../broker/session-lane.ts';
import { asServiceBusError, CONDITION, ServiceBusError } from '../service-bus-error.ts';
import type { Dispatcher, SessionSeeker } from './dispatcher.ts';
import { postponeAnswer, type RheaSender } from './rhea-link.ts';

const FILTER = 'com.microsoft:session-filter';
const DEFAULT_WAIT_MS = 60_000;
/** 1970 in units of 100 ns since the year 1, in which .NET counts. */
const TICKS_OF_1970 = 621_355_968_000_000_000n;
const TICKS_PER_MS = 10_000n;

/** Which session a receiver asks for, in the form in which it asked. */
export interface SessionFilter {
  /** Undefined for any session with messages. */
  readonly sessionId: string | undefined;
  /** The filter's value for the session that it got. */
  readonly answer: (sessionId: string) => unknown;
}

/** The session that a link asks for; undefined when it asks for none. */
export function sessionFilterOf(link: RheaSender): SessionFilter | undefined {
  const filter = link.source?.filter;
  if (filter === null || filter === undefined || !(FILTER in filter)) return undefined;
  const value = filter[FILTER];
  const isDescribed = typeof value === 'object' && value !== null && 'descriptor' in value;
  const given = isDescribed && 'value' in value ? value.value : value;
  return {
    sessionId: typeof given === 'string' ? given : undefined,
    // Some SDKs read only the described value that the protocol asks for, others only the bare one that they sent.
    answer: (sessionId) =>
      isDescribed
        ? rhea.types.described(value.descriptor, rhea.types.wrap_string(sessionId))
        : sessionId,
  };
}

/** What is needed to give a session to a link. */
export interface SessionLinkOptions {
  readonly link: RheaSender;
  readonly path: string;
  readonly queue: MessageQueue;
  readonly filter: SessionFilter;
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
  readonly serve: (session: SessionLock) => void;
}

/**
 * Answers the attachment of a link once it has its session, or refuses it: at once when the session is taken, after the link's
 * timeout when there is none. Returns what ends the wait.
 */
export function acceptSessionLink(options: SessionLinkOptions): () => void {
  const { link, path, queue, filter, dispatcher, now, serve } = options;
  const give = (session: SessionLock): void => {
    link.set_target({ address: link.target?.address ?? '' });
    link.set_source({ address: path, filter: { [FILTER]: filter.answer(session.sessionId) } });
    const ticks = BigInt(session.untilMs) * TICKS_PER_MS + TICKS_OF_1970;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(ticks);
    link.local.attach.properties = {
      'com.microsoft:locked-until-utc': rhea.types.wrap_long(bytes),
    };
    link.open();
    serve(session);
  };
  const refuse = (error: unknown): void => {
    link.open();
    link.close(asServiceBusError(error).amqpError);
  };
  if (filter.sessionId !== undefined) {
    try {
      const session = queue.acceptSession(filter.sessionId, now());
      if (session !== undefined) give(session);
    } catch (error) {
      refuse(error);
    }
    return () => undefined;
  }
  postponeAnswer(link);
  const asked = link.properties?.['com.microsoft:timeout'];
  const timer = setTimeout(
    () => {
      if (!dispatcher.stopSeeking(seeker)) return;
      refuse(
        new ServiceBusError(
          CONDITION.timeout,
          'The operation did not complete within the allotted timeout. No session with messages is available.',
        ),
      );
    },
    typeof asked === 'number' ? asked : DEFAULT_WAIT_MS,
  );
  const seeker: SessionSeeker = {
    accepted: (session) => {
      clearTimeout(timer);
      give(session);
    },
  };
  dispatcher.seek(seeker);
  return () => {
    clearTimeout(timer);
    if (dispatcher.stopSeeking(seeker)) link.open();
  };
}
