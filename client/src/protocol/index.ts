export { ContinuationView } from './continuation-view.ts';
export { EventsPage, MAX_PAGE_EVENTS } from './events-page.ts';
export { Explanation } from './explanation.ts';
export { Problem } from './problem.ts';
export { SignalAnswer, SignalRequest, WakeAnswer } from './signal-request.ts';
export { StartAnswer, StartRequest, type StartRequestInput } from './start-request.ts';
