import rhea from 'rhea';
import type { SessionLock } from '../broker/session-lane.ts';
import { CONDITION, ServiceBusError } from '../service-bus-error.ts';
import { invalid } from './management-body.ts';
import { queueOf, sessionOf, type ManagementRequest, type Operation } from './operation.ts';

function heldSession(request: ManagementRequest): SessionLock {
  if (!queueOf(request).hasSessions) {
    throw new ServiceBusError(
      CONDITION.notAllowed,
      `The entity '${request.entity.path}' has no sessions.`,
    );
  }
  const session = sessionOf(request);
  if (session === undefined) throw invalid('session-id');
  return session;
}

/** Lengthens the lock of a session. */
export const renewSessionLock: Operation = (request) => {
  const untilMs = queueOf(request).renewSession(heldSession(request), request.nowMs);
  return { status: 200, body: { expiration: rhea.types.wrap_timestamp(untilMs) } };
};

/** What was kept about a session. */
export const getSessionState: Operation = (request) => {
  const { sessionId } = heldSession(request);
  const state = queueOf(request).sessionState(sessionId);
  return {
    status: 200,
    body: { 'session-state': state === undefined ? null : rhea.types.wrap_binary(state) },
  };
};

/** Keeps something about a session. */
export const setSessionState: Operation = (request) => {
  const { sessionId } = heldSession(request);
  queueOf(request).setSessionState(sessionId, request.body.optionalBinary('session-state'));
  return { status: 200 };
};
