import type { Static } from 'typebox'
import type { Queryable } from '../../../db/database.ts'
import { nameKey } from '../../../db/name-key.ts'
import { sql } from '../../../db/sql.ts'
import { newId } from '../../../ids.ts'
import { opportunityLimits } from '../limits.ts'
import type { LostReasonAnswer } from './shapes.ts'

export type LostReason = Omit<Static<typeof LostReasonAnswer>, 'traceId'>

/** A lost reason `r` as clients see it. */
const columns = sql`r.id, r.name, r.location_id as "locationId", r.created_at as "createdAt",
  r.updated_at as "updatedAt"`

export type LostReasonsWanted = {
  /** All of the name, as it is compared; null: any. */
  name: string | null
  /** A part of the same; null: any. */
  part: string | null
  isDeleted: boolean
}

const wantedOf = (locationId: string, { name, part, isDeleted }: LostReasonsWanted) => sql`
  lost_reasons r
  where r.location_id = ${locationId} and (r.deleted_at is not null) = ${isDeleted}
    and (${name}::text is null or coalesce(r.name_key, lower(r.name)) = ${name})
    and (${part}::text is null or position(${part} in coalesce(r.name_key, lower(r.name))) > 0)`

/** By the time they were made. */
export function findLostReasons(
  db: Queryable,
  locationId: string,
  wanted: LostReasonsWanted,
  { skip, limit }: { skip: number; limit: number },
): Promise<LostReason[]> {
  return db.query<LostReason>(sql`
    select ${columns} from ${wantedOf(locationId, wanted)}
    order by r.created_at, r.id
    limit ${Math.min(limit, opportunityLimits.lostReasonsMax)} offset ${skip}`)
}

export async function countLostReasons(
  db: Queryable,
  locationId: string,
  wanted: LostReasonsWanted,
): Promise<number> {
  const [found] = await db.query<{ count: number }>(sql`
    select count(*) as count from ${wantedOf(locationId, wanted)}`)
  return found?.count ?? 0
}

export async function insertLostReason(
  db: Queryable,
  locationId: string,
  name: string,
  now: Date,
): Promise<LostReason | undefined> {
  const [row] = await db.query<LostReason>(sql`
    insert into lost_reasons as r (location_id, id, name, name_key, created_at, updated_at)
    values (${locationId}, ${newId()}, ${name}, ${nameKey(name)}, ${now}, ${now})
    returning ${columns}`)
  return row
}

/** None when there is no such reason, or it was deleted. */
export async function renameLostReason(
  db: Queryable,
  locationId: string,
  id: string,
  name: string,
  now: Date,
): Promise<LostReason | undefined> {
  const [row] = await db.query<LostReason>(sql`
    update lost_reasons r
    set name = ${name}, updated_at = ${now},
      name_key = case when r.name = ${name} then r.name_key else ${nameKey(name)} end
    where r.location_id = ${locationId} and r.id = ${id} and r.deleted_at is null
    returning ${columns}`)
  return row
}

/** Whether there was such a reason. Opportunities keep it: it only cannot be chosen any more. */
export async function deleteLostReason(
  db: Queryable,
  locationId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const found = await db.query(sql`
    update lost_reasons r set deleted_at = ${now}, updated_at = ${now}
    where r.location_id = ${locationId} and r.id = ${id} and r.deleted_at is null
    returning r.id`)
  return found.length > 0
}
