/** An application of a stack. */
export interface AppSpec {
  /** Dapr's app id; two applications that share it are two replicas. */
  readonly appId: string;
  /** Unique in the stack; the app id unless given. */
  readonly name?: string | undefined;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  /** On top of the stack's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Waited for in the sidecar's metadata before the application counts as started; what it announces at `/dapr/config` unless given. */
  readonly actorTypes?: readonly string[] | undefined;
  /** Where the application serves the outside world, passed as `MAESTRO_API_PORT`; `'auto'` takes a free one. */
  readonly publicPort?: number | 'auto' | undefined;
  /** Path of the liveness check; `/healthz` unless given, `false` turns the check off. */
  readonly healthPath?: string | false | undefined;
  /** Fixed ports, where a run file asks for them; free ones unless given. */
  readonly ports?: AppPorts | undefined;
  /** Protocol the application speaks to its sidecar. */
  readonly protocol?: 'http' | 'grpc' | undefined;
  /** Component folders and Configuration of this application's sidecar; the stack's unless given. */
  readonly resourcesPaths?: readonly string[] | undefined;
  readonly configPath?: string | undefined;
}

/** Fixed ports of an application and its sidecar. */
export interface AppPorts {
  readonly app?: number | undefined;
  readonly daprHttp?: number | undefined;
  readonly daprGrpc?: number | undefined;
}
