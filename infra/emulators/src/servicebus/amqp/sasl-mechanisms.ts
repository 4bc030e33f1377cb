import rhea, { type Container } from 'rhea';
import type { AccessRule } from './sas-token.ts';

interface Mechanism {
  outcome?: boolean;
  username?: string;
  start(): void;
}

/** A mechanism that lets everybody in: what a client may do is decided by its tokens. */
function open(): Mechanism {
  const mechanism: Mechanism = {
    start: () => {
      mechanism.outcome = true;
      mechanism.username = 'client';
    },
  };
  return mechanism;
}

/** Sets the mechanisms that the SDKs of the service use. */
export function enableSasl(container: Container, { keyName, key }: AccessRule): void {
  const mechanisms = container.sasl_server_mechanisms as Record<string, () => Mechanism> & {
    enable_plain(check: (name: string, password: string) => boolean): void;
  };
  mechanisms['MSSBCBS'] = open;
  mechanisms['ANONYMOUS'] = open;
  mechanisms['EXTERNAL'] = open;
  mechanisms.enable_plain((name, password) => name === keyName && password === key);
}

/** A container of its own for an emulator. */
export function newContainer(id: string): Container {
  return rhea.create_container({ id });
}
