// Dapr's binaries
export { ensureDapr, type DaprBinaries, type EnsureDaprOptions } from './binaries/dapr-binaries.ts';
// Processes and ports
export {
  ManagedProcess,
  type ManagedProcessOptions,
  type ProcessExit,
  type ProcessStop,
} from './processes/managed-process.ts';
export type { ProcessMemory } from './processes/process-stats.ts';
export { freePorts } from './processes/free-ports.ts';
// Launching
export {
  startControlPlane,
  type ControlPlane,
  type ControlPlaneOptions,
} from './launch/control-plane.ts';
export { startSidecar, type Sidecar, type SidecarOptions } from './launch/sidecar.ts';
export {
  startStack,
  type Stack,
  type StackOptions,
  type StackStopOptions,
} from './launch/stack.ts';
export type { AppPorts, AppSpec } from './launch/app-spec.ts';
export type { RunningApp } from './launch/running-app.ts';
export { parseRunFile, type RunFile } from './run-file/run-file.ts';
export { runFile, type RunFileOptions } from './run-file/run-file-launcher.ts';
// Servers behind the components
export {
  findPostgres,
  startPostgres,
  type RunningServer,
  type ServerOptions,
} from './backends/postgres.ts';
export { findRedis, startRedis } from './backends/redis.ts';
export type { ServerProgram } from './backends/server-program.ts';
export { startPostgresBackends, type Backends } from './backends/backends.ts';
export { startCosmos, azureOverlay, type ServiceBusTopics } from './backends/azure-backends.ts';
export { providePythonPackage, type PythonPackage } from './backends/python-package.ts';
export { awsOverlay } from './backends/aws-backends.ts';
export { startDynamoDb } from './backends/dynamodb-local.ts';
export { writeOverlaid, type Overlay } from './launch/overlay.ts';
export type { RestartableServer } from './backends/http-server-process.ts';
export {
  COMPONENT_SETS,
  setFolder,
  startSetBackends,
  type ComponentSetName,
  type SetBackends,
} from './backends/set-backends.ts';
// What is wrong with component files
export {
  checkComponents,
  type ComponentCheck,
  type ComponentFault,
} from './launch/check-components.ts';
export { componentSet } from './launch/component-set.ts';
// What this machine lacks
export { missingForSet } from './backends/missing-for-set.ts';
export { doctor } from './doctor/doctor.ts';
export type { Check } from './doctor/check.ts';
