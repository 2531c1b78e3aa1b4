import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { usersNotFound } from '../../../resource/refusals.ts'
import {
  contactNotFound,
  lostReasonNotFound,
  lostReasonNotLost,
  pipelineInvalid,
} from '../errors.ts'

/** What a new opportunity would refer to; null for what does not exist. */
export type Placement = {
  allowsDuplicate: boolean
  pipelineId: string | null
  /** The stage asked for, or the pipeline's first when there is no such one. */
  stageId: string | null
  contactId: string | null
  /** What the contact is called: by name, or else by what it has. */
  contactName: string | null
  lostReasonId: string | null
  /** The users named who are no members of the location. */
  strangers: string[]
  /** The opportunity that the contact already has in the pipeline: the newest open one, or else
   * the newest. */
  existingId: string | null
}

export type PlacementRequest = {
  pipelineId: string
  stageId: string | null
  contactId: string
  status: string
  lostReasonId: string | null
  /** The assignee and the followers. */
  userIds: readonly string[]
}

/** Selects the pipeline's stage with this id, or else its first; none that is being removed. */
export const stageOrFirst = (locationId: string, pipelineId: Sql, stageId: Sql): Sql => sql`
  select s.id from pipeline_stages s
  join pipelines p on p.location_id = ${locationId} and p.id = s.pipeline_id
    and p.deleted_at is null
  where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId} and s.removed_at is null
  order by coalesce(s.id = ${stageId}, false) desc, s.position limit 1`

export async function findPlacement(
  db: Queryable,
  locationId: string,
  request: PlacementRequest,
): Promise<Placement | undefined> {
  const stage = stageOrFirst(locationId, sql`${request.pipelineId}`, sql`${request.stageId}`)
  // A join with null would be folded away, and with it the location by which Citus finds the shard.
  const [placement] = await db.query<Placement>(sql`
    select l.allow_duplicate_opportunity as "allowsDuplicate", p.id as "pipelineId",
      (${stage}) as "stageId", c.id as "contactId",
      coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), nullif(c.email, ''),
        nullif(c.phone, ''), c.id) as "contactName",
      r.id as "lostReasonId",
      array(
        select n.id from unnest(${request.userIds}::text[]) with ordinality n (id, place)
        where not exists (
          select from location_users u
          where u.location_id = ${locationId} and u.user_id = n.id and u.left_at is null)
        order by n.place) as strangers,
      (select d.id from opportunities d
        where d.location_id = ${locationId} and d.contact_id = ${request.contactId}
          and d.pipeline_id = ${request.pipelineId}
        order by (d.status = 'open') desc, d.created_at desc, d.id desc limit 1) as "existingId"
    from locations l
    left join pipelines p on p.location_id = ${locationId} and p.id = ${request.pipelineId}
    left join contacts c
      on c.location_id = ${locationId} and c.id = ${request.contactId} and c.deleted_at is null
    left join lost_reasons r on r.location_id = ${locationId}
      and r.id = ${request.lostReasonId ?? ''} and r.deleted_at is null
    where l.location_id = ${locationId}`)
  return placement
}

/** The references of a new opportunity; throws the refusal of one that does not exist. */
export function placeOrRefuse(placement: Placement | undefined, request: PlacementRequest) {
  if (!placement?.pipelineId || !placement.stageId) throw pipelineInvalid()
  if (!placement.contactId || !placement.contactName) throw contactNotFound(request.contactId)
  if (request.lostReasonId) {
    if (request.status !== 'lost') throw lostReasonNotLost()
    if (!placement.lostReasonId) throw lostReasonNotFound(request.lostReasonId)
  }
  if (placement.strangers.length > 0) throw usersNotFound([...new Set(placement.strangers)])
  const { pipelineId, stageId, contactId, contactName } = placement
  return { pipelineId, stageId, contactId, contactName }
}
