import { ActorDriver } from './actor-driver.ts';
import { ApiDriver } from './api-driver.ts';
import type { BenchStack } from './bench-stack.ts';
import type { Driver } from './driver.ts';
import { PrototypeDriver } from './prototype-driver.ts';

/** Connects a client in the way that was asked for. */
export async function connectDriver(stack: BenchStack): Promise<Driver> {
  switch (stack.via) {
    case 'api':
      return await ApiDriver.connect(stack);
    case 'actors':
      return new ActorDriver(stack);
    case 'prototype':
      return new PrototypeDriver(stack);
  }
}
