export { runStandalone } from './run-standalone.ts';
