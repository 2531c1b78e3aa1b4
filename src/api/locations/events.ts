import { sql } from '../../db/sql.ts'

/** UPSTREAM: behaviour.md §7.3; `stripeProductId` is of a billing that is not here. */
const eventPayload = sql`jsonb_build_object(
  'id', changed.location_id,
  'companyId', changed.company_id,
  'name', changed.name,
  'email', changed.email)`

export const locationCreate = { type: 'LocationCreate', payload: eventPayload }

export const locationUpdate = { type: 'LocationUpdate', payload: eventPayload }
