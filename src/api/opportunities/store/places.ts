import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import {
  contactNotFound,
  lostReasonNotFound,
  lostReasonNotLost,
  pipelineInvalid,
  usersNotFound,
} from '../errors.ts'

/** What a new opportunity would stand on; null for what is not there. */
export type Place = {
  allowsDuplicate: boolean
  pipelineId: string | null
  /** The stage asked for, or the pipeline's first when there is no such one. */
  stageId: string | null
  contactId: string | null
  /** What the contact is called: by name, or else by what it has. */
  contactName: string | null
  lostReasonId: string | null
  /** Users of those named who do not work here. */
  strangers: string[]
  /** The opportunity that the contact already has in the pipeline: the newest open one, or else
   * the newest. */
  existingId: string | null
}

export type PlaceWanted = {
  pipelineId: string
  stageId: string | null
  contactId: string
  status: string
  lostReasonId: string | null
  /** Who is to be assigned and to follow. */
  userIds: readonly string[]
}

/** The stage of a pipeline that has this id, or else its first; none when either is going. */
export const stageOrFirst = (locationId: string, pipelineId: Sql, stageId: Sql): Sql => sql`
  select s.id from pipeline_stages s
  join pipelines p on p.location_id = ${locationId} and p.id = s.pipeline_id
    and p.deleted_at is null
  where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId} and s.removed_at is null
  order by coalesce(s.id = ${stageId}, false) desc, s.position limit 1`

export async function findPlace(
  db: Queryable,
  locationId: string,
  wanted: PlaceWanted,
): Promise<Place | undefined> {
  const stage = stageOrFirst(locationId, sql`${wanted.pipelineId}`, sql`${wanted.stageId}`)
  const [place] = await db.query<Place>(sql`
    select l.allow_duplicate_opportunity as "allowsDuplicate", p.id as "pipelineId",
      (${stage}) as "stageId", c.id as "contactId",
      coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), nullif(c.email, ''),
        nullif(c.phone, ''), c.id) as "contactName",
      r.id as "lostReasonId",
      array(
        select n.id from unnest(${wanted.userIds}::text[]) with ordinality n (id, place)
        where not exists (
          select from location_users u
          where u.location_id = ${locationId} and u.user_id = n.id and u.left_at is null)
        order by n.place) as strangers,
      (select d.id from opportunities d
        where d.location_id = ${locationId} and d.contact_id = ${wanted.contactId}
          and d.pipeline_id = ${wanted.pipelineId}
        order by (d.status = 'open') desc, d.created_at desc, d.id desc limit 1) as "existingId"
    from locations l
    left join pipelines p on p.location_id = ${locationId} and p.id = ${wanted.pipelineId}
    left join contacts c on c.location_id = ${locationId} and c.id = ${wanted.contactId}
    left join lost_reasons r
      on r.location_id = ${locationId} and r.id = ${wanted.lostReasonId} and r.deleted_at is null
    where l.location_id = ${locationId}`)
  return place
}

/** Refuses what an opportunity cannot stand on. */
export function groundOf(place: Place | undefined, wanted: PlaceWanted) {
  if (!place?.pipelineId || !place.stageId) throw pipelineInvalid()
  if (!place.contactId || !place.contactName) throw contactNotFound(wanted.contactId)
  if (wanted.lostReasonId) {
    if (wanted.status !== 'lost') throw lostReasonNotLost()
    if (!place.lostReasonId) throw lostReasonNotFound(wanted.lostReasonId)
  }
  if (place.strangers.length > 0) throw usersNotFound([...new Set(place.strangers)])
  const { pipelineId, stageId, contactId, contactName } = place
  return { pipelineId, stageId, contactId, contactName }
}
