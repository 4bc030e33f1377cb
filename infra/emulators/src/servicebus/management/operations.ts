import {
  peekMessages,
  receiveBySequenceNumber,
  renewLock,
  updateDisposition,
} from './message-operations.ts';
import type { Operation } from './operation.ts';
import { cancelScheduledMessages, scheduleMessages } from './schedule-operations.ts';
import { getSessionState, renewSessionLock, setSessionState } from './session-operations.ts';

/** What a management node can do, by the name of the operation. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['com.microsoft:renew-lock', renewLock],
  ['com.microsoft:update-disposition', updateDisposition],
  ['com.microsoft:peek-message', peekMessages],
  ['com.microsoft:receive-by-sequence-number', receiveBySequenceNumber],
  ['com.microsoft:schedule-message', scheduleMessages],
  ['com.microsoft:cancel-scheduled-message', cancelScheduledMessages],
  ['com.microsoft:renew-session-lock', renewSessionLock],
  ['com.microsoft:get-session-state', getSessionState],
  ['com.microsoft:set-session-state', setSessionState],
]);
