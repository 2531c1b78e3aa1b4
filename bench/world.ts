import { demo } from '../src/demo/ids.ts'

/**
 * The bench adds contacts, and opportunities of two kinds, to the demo world. The ids are numbers of
 * 19 digits, as pgbench computes with integers only.
 */
export const kinds = {
  /** Opportunities with ten followers, which are read, and lose followers one at a time. */
  full: '1',
  /** Opportunities without followers, which get them one at a time. */
  empty: '4',
} as const

export type Kind = keyof typeof kinds

const contacts = '2'
const users = '3'

/** How often each opportunity can be changed before its followers must be reset. */
export const followersEach = 10

const digits = 18

/** The id of row `i` of a kind, as in `1000000000000000042`. */
export function rowId(first: string, i: number): string {
  return first + String(i).padStart(digits, '0')
}

export const contactId = (i: number) => rowId(contacts, i)
export const userId = (i: number) => rowId(users, i)

const numbered = (first: string, name = 'i') => `'${first}' || lpad(${name}::text, ${digits}, '0')`

const allFollowers = `array(select ${numbered(users, 'u')} from generate_series(0, 9) u order by u)`

/** Statements that note who follows which opportunities, as their rows say. */
export const fillFollowers: readonly string[] = [
  'truncate opportunity_followers',
  `insert into opportunity_followers
    select o.location_id, f.user_id, o.created_at, o.contact_id, o.id
    from opportunities o cross join lateral unnest(o.followers) f (user_id)`,
]

/** Statements that fill the demo world with `rows` opportunities of each kind. */
export function fill(rows: number): string[] {
  const { companyId, locationId, pipelineId, stageIds } = demo
  const opportunities = Object.values(kinds).map(
    (first) => `
      insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id,
        contact_id, status, monetary_value, source, attributions, duplicate_slot, followers,
        last_status_change_at, last_stage_change_at, created_at, updated_at, search_text)
      select '${locationId}', ${numbered(first)}, 'Website redesign ' || i, '${pipelineId}',
        (array['${stageIds.join("','")}'])[1 + i % ${stageIds.length}], ${numbered(contacts)},
        'open', i, 'form', '[{"utmSessionSource":"CRM UI","isFirst":true,"medium":"manual"}]',
        ${numbered(first)}, ${first === kinds.full ? allFollowers : `'{}'`},
        now(), now(), now(), now(),
        concat_ws(E'\\u001f ', ' website redesign ' || i, 'maya lindqvist ' || i,
          'maya' || i || ' bench example', '1612' || (1000000 + i), '612' || (1000000 + i),
          'northwind dental')
      from generate_series(0, ${rows - 1}) i`,
  )
  return [
    `insert into users (id, company_id, first_name, last_name, email, type, role, created_at,
        updated_at)
      select ${numbered(users)}, '${companyId}', 'User', i::text, 'user' || i || '@bench.example',
        'account', 'user', now(), now() from generate_series(0, ${followersEach - 1}) i`,
    `insert into location_users (location_id, user_id, created_at)
      select '${locationId}', ${numbered(users)}, now()
      from generate_series(0, ${followersEach - 1}) i`,
    `update locations set allow_duplicate_opportunity = true where location_id = '${locationId}'`,
    `insert into contacts (location_id, id, first_name, last_name, email, phone, company_name,
        source, tags, created_at, updated_at)
      select '${locationId}', ${numbered(contacts)}, 'Maya', 'Lindqvist ' || i,
        'maya' || i || '@bench.example', '+1612' || (1000000 + i), 'Northwind Dental',
        'public api', '{lead,dental}', now(), now() from generate_series(0, ${rows - 1}) i`,
    ...opportunities,
    ...fillFollowers,
    'vacuum analyze',
    'checkpoint',
  ]
}

/** Statements that give each opportunity of a kind its first followers back. */
export function reset(kind: Kind, rows: number): string[] {
  return [
    'truncate outbox, opportunity_deltas',
    // Rows that POST made.
    `delete from opportunities where location_id = '${demo.locationId}' and name = 'Bench'`,
    `update opportunities set followers = ${kind === 'full' ? allFollowers : `'{}'`}
      where location_id = '${demo.locationId}' and id >= '${rowId(kinds[kind], 0)}'
        and id <= '${rowId(kinds[kind], rows)}'`,
    ...fillFollowers,
    'vacuum analyze opportunities, opportunity_followers',
    'checkpoint',
  ]
}
