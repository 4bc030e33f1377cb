import type { EventColumns } from '../../tables/event-columns.ts';
import type { Parameter, SynapseSession } from './synapse-session.ts';

/** A statement has 2,100 parameters at most, and there are eleven for each event. */
const MAX_EVENTS = 150;
const MAX_CHARS = 1024 * 1024;

/**
 * Puts a batch into the table of the session. A dedicated pool takes no INSERT of several VALUES, so it is an INSERT of
 * a union; the driver's own bulk load fails there (`110802`, tediousjs/node-mssql#1033).
 */
export async function stageEvents(
  session: Pick<SynapseSession, 'execute'>,
  events: readonly EventColumns[],
  loadedAt: string,
): Promise<void> {
  for (const some of portions(events)) {
    const parameters: Parameter[] = [{ name: 'loaded', value: utc(loadedAt) }];
    const parameter = (value: string | number): string => {
      const name = `p${parameters.length}`;
      parameters.push({ name, value });
      return `@${name}`;
    };
    const selects = some.map((event) => {
      const { ref, generation, sequence, type, version, at, commit, traceId, hash, row } = event;
      const before = [ref.tenant, ref.id, generation, sequence, type, version].map(parameter);
      const occurredAt = `cast(${parameter(utc(at))} as datetime2(3))`;
      const after = [commit, traceId, hash].map(parameter);
      const values = [
        ...before,
        occurredAt,
        ...after,
        'cast(@loaded as datetime2(3))',
        parameter(row),
      ];
      return `select ${values.join(', ')}`;
    });
    await session.execute(
      `insert into #event_stage (tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text)
${selects.join('\nunion all ')}`,
      parameters,
    );
  }
}

function* portions(events: readonly EventColumns[]): Generator<readonly EventColumns[], void> {
  let portion: EventColumns[] = [];
  let chars = 0;
  for (const event of events) {
    if (
      portion.length === MAX_EVENTS ||
      (portion.length > 0 && chars + event.row.length > MAX_CHARS)
    ) {
      yield portion;
      portion = [];
      chars = 0;
    }
    portion.push(event);
    chars += event.row.length;
  }
  if (portion.length > 0) yield portion;
}

/** Tables keep instants in UTC, without saying so. */
function utc(at: string): string {
  return new Date(at).toISOString().slice(0, -1);
}
