import { sql } from '../../db/sql.ts'
import { isoText } from '../../db/wire-types.ts'
import { dndChannels } from './shapes.ts'

/** The payload of the events of a contact, but for DND. UPSTREAM: webhook-events, behaviour.md §7.3 */
const contactPayload = sql`jsonb_build_object(
  'locationId', changed.location_id,
  'id', changed.id,
  'address1', changed.address1,
  'city', changed.city,
  'state', changed.state,
  'companyName', changed.company_name,
  'country', changed.country,
  'source', changed.source,
  'dateAdded', ${isoText(sql`changed.created_at`)},
  'dateOfBirth', to_char(changed.date_of_birth, 'YYYY-MM-DD"T00:00:00.000Z"'),
  'dnd', coalesce(changed.dnd, false),
  'email', changed.email,
  'name', nullif(concat_ws(' ', changed.first_name, changed.last_name), ''),
  'firstName', changed.first_name,
  'lastName', changed.last_name,
  'phone', changed.phone,
  'postalCode', changed.postal_code,
  'tags', changed.tags,
  'website', changed.website,
  'attachments', '[]'::jsonb,
  'assignedTo', changed.assigned_to,
  'customFields', (
    select coalesce(jsonb_agg(jsonb_build_object('id', f.key, 'value', f.value)), '[]')
    from jsonb_each(changed.custom_fields) f))`

export const contactCreate = { type: 'ContactCreate', payload: contactPayload }
export const contactUpdate = { type: 'ContactUpdate', payload: contactPayload }
export const contactDelete = { type: 'ContactDelete', payload: contactPayload }
export const contactTagUpdate = { type: 'ContactTagUpdate', payload: contactPayload }

/** RCS has a status alone. UPSTREAM: behaviour-contacts.md §10 */
const unsetChannels = Object.fromEntries(
  Object.keys(dndChannels).map((channel) => [
    channel,
    { status: 'inactive', ...(channel !== 'RCS' && { code: '', message: '' }) },
  ]),
)

/** The short form that is recorded. UPSTREAM: behaviour-contacts.md §10 */
export const contactDndUpdate = {
  type: 'ContactDndUpdate',
  payload: sql`jsonb_build_object(
    'locationId', changed.location_id,
    'id', changed.id,
    'email', changed.email,
    'phone', changed.phone,
    'dnd', coalesce(changed.dnd, false),
    'dndSettings', ${JSON.stringify(unsetChannels)}::jsonb || changed.dnd_settings)`,
}
