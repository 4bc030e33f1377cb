import type { CopyPlace } from './copy-place.ts';
import type { CopyTarget } from './copy-target.ts';

/** The target at a place; it connects when it is opened. Drivers are loaded where they are used. */
export async function copyTargetAt(place: CopyPlace): Promise<CopyTarget> {
  if ('redshift' in place) {
    const { RedshiftTarget } = await import('./redshift/redshift-target.ts');
    return new RedshiftTarget(place.redshift);
  }
  const { SynapseTarget } = await import('./synapse/synapse-target.ts');
  return new SynapseTarget(place.synapse);
}
