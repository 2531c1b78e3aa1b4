import { isDeepStrictEqual } from 'node:util'
import type { Database, Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import {
  type ChangesWithEvents,
  changeSeveral,
  commitChange,
  type EventOfChange,
} from '../../../events/outbox.ts'
import { followerIndexChanges, followerIndexRows } from '../../../resource/followers.ts'
import {
  contactCreate,
  contactDelete,
  contactDndUpdate,
  contactTagUpdate,
  contactUpdate,
} from '../events.ts'
import { contactFollowers } from './followed.ts'
import type { MatchedKey, MatchRules } from './matching.ts'
import {
  type ContactRow,
  type ContactValues,
  contactColumns,
  fullNameOf,
  lowerCase,
} from './row.ts'
import { searchTextOf } from './search-text.ts'

/** Which keys of a contact no other may have: the unique indexes see to those alone. */
export type UniqueKeys = readonly MatchedKey[]

/** The keys that the rules keep unique. */
export const uniqueKeysOf = ({ allowsDuplicate, order }: MatchRules): UniqueKeys =>
  allowsDuplicate ? [] : order

const slotOf = (unique: UniqueKeys, key: MatchedKey, id: string) => (unique.includes(key) ? '' : id)

export type NewContact = ContactValues & Pick<ContactRow, 'id' | 'createdBy'>

/** Writes a new contact; a unique violation says that another has its address or number. */
export async function insertContact(
  db: Database,
  locationId: string,
  { contact: c, unique }: { contact: NewContact; unique: UniqueKeys },
  now: Date,
): Promise<ContactRow | undefined> {
  const [row] = await commitChange<ContactRow>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    change: sql`
      insert into contacts (location_id, id, first_name, last_name, first_name_key,
        last_name_key, name_key, email, phone, email_slot, phone_slot, company_name, address1,
        city, state, postal_code, country, timezone, website, gender, date_of_birth, source, tags,
        assigned_to, dnd, dnd_settings, inbound_dnd_settings, custom_fields, created_by,
        last_updated_by, search_text, last_session_activity_at, created_at, updated_at)
      values (${locationId}, ${c.id}, ${c.firstName}, ${c.lastName}, ${lowerCase(c.firstName)},
        ${lowerCase(c.lastName)}, ${lowerCase(fullNameOf(c))}, ${c.email}, ${c.phone},
        ${slotOf(unique, 'email', c.id)}, ${slotOf(unique, 'phone', c.id)}, ${c.companyName},
        ${c.address1}, ${c.city}, ${c.state}, ${c.postalCode}, ${c.country}, ${c.timezone},
        ${c.website}, ${c.gender}, ${c.dateOfBirth}, ${c.source}, ${c.tags}::text[],
        ${c.assignedTo}, ${c.dnd}, ${JSON.stringify(c.dndSettings)},
        ${JSON.stringify(c.inboundDndSettings)}, ${JSON.stringify(c.customFields)},
        ${JSON.stringify(c.createdBy)}, ${JSON.stringify(c.createdBy)}, ${searchTextOf(c)},
        ${now}, ${now}, ${now})
      returning *`,
    inserted: sql`
      select * from contacts where location_id = ${locationId} and id = ${c.id}`,
    events: [contactCreate],
    answer: sql`select ${contactColumns} from changed c`,
  })
  return row
}

/** A contact before and after a write. */
export type Rewrite = {
  before: ContactRow
  /** What is to follow in other families. */
  unfinished: readonly string[]
  after: ContactValues
  /** The names of what differs. */
  changed: readonly string[]
  unique: UniqueKeys
  writtenBy: ContactRow['lastUpdatedBy']
}

/** The names of what differs. */
export function changedNames(before: ContactValues, after: ContactValues): string[] {
  const names = Object.keys(after) as (keyof ContactValues)[]
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]))
}

const dndNames = ['dnd', 'dndSettings', 'inboundDndSettings']

/** DEVIATION: the events of a change, each at most once and only for what it is about. */
function eventsOf(names: readonly string[]): EventOfChange[] {
  const isOther = (name: string) => name !== 'tags' && !dndNames.includes(name)
  const hasDnd = names.includes('dnd') || names.includes('dndSettings')
  return [
    { ...contactUpdate, when: sql`${names.some(isOther)}::boolean` },
    { ...contactTagUpdate, when: sql`${names.includes('tags')}::boolean` },
    { ...contactDndUpdate, when: sql`${hasDnd}::boolean` },
  ]
}

/** What an opportunity is found by, of its contact. */
const searchedNames = ['firstName', 'lastName', 'email', 'phone', 'companyName', 'tags']

/** What has to follow a change of these, in families that have records of the contact. */
export const followUpsOf = (names: readonly string[]): string[] => [
  ...(names.some((name) => searchedNames.includes(name)) ? ['searchText'] : []),
  ...(names.includes('assignedTo') ? ['assignee'] : []),
]

/** Writes a contact as it is to be, unless it was written since it was read. */
export function rewriteOf(locationId: string, rewrite: Rewrite, now: Date): ChangesWithEvents {
  const { before, after: c, changed, unique, unfinished, writtenBy } = rewrite
  const slot = (column: Sql, key: MatchedKey) => sql`
    case when ${changed.includes(key)}::boolean then ${slotOf(unique, key, before.id)}
      else c.${column} end`
  return {
    locationId,
    now,
    version: sql`changed.index_version`,
    change: sql`
      update contacts c set first_name = ${c.firstName}, last_name = ${c.lastName},
        first_name_key = ${lowerCase(c.firstName)}, last_name_key = ${lowerCase(c.lastName)},
        name_key = ${lowerCase(fullNameOf(c))}, email = ${c.email}, phone = ${c.phone},
        email_slot = ${slot(sql`email_slot`, 'email')},
        phone_slot = ${slot(sql`phone_slot`, 'phone')}, company_name = ${c.companyName},
        address1 = ${c.address1}, city = ${c.city}, state = ${c.state},
        postal_code = ${c.postalCode}, country = ${c.country}, timezone = ${c.timezone},
        website = ${c.website}, date_of_birth = ${c.dateOfBirth}, source = ${c.source},
        tags = ${c.tags}::text[], assigned_to = ${c.assignedTo}, business_id = ${c.businessId},
        dnd = ${c.dnd}, dnd_settings = ${JSON.stringify(c.dndSettings)},
        inbound_dnd_settings = ${JSON.stringify(c.inboundDndSettings)},
        custom_fields = ${JSON.stringify(c.customFields)},
        last_updated_by = ${JSON.stringify(writtenBy)}, search_text = ${searchTextOf(c)},
        unfinished = array(
          select distinct u.kind from unnest(c.unfinished || ${unfinished}::text[]) u (kind)),
        updated_at = ${now}, index_version = c.index_version + 1
      where c.location_id = ${locationId} and c.id = ${before.id} and c.deleted_at is null
        and c.index_version = ${before.version}
      returning c.*`,
    events: eventsOf(changed),
  }
}

/** Deletes a contact that is locked: its row stays, and nothing follows it any more. */
export async function removeContact(
  tx: Queryable,
  locationId: string,
  id: string,
  now: Date,
): Promise<void> {
  await changeSeveral(tx, {
    locationId,
    now,
    version: sql`changed.index_version`,
    change: sql`
      update contacts c set deleted_at = ${now}, unfinished = '{deletion}',
        index_version = c.index_version + 1
      where c.location_id = ${locationId} and c.id = ${id} and c.deleted_at is null
      returning c.*`,
    ...followerIndexChanges(contactFollowers, locationId, {
      removed: followerIndexRows(contactFollowers, sql`changed`),
    }),
    events: [contactDelete],
  })
}
