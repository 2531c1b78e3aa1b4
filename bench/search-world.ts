import type pg from 'pg'
import { searchText } from '../src/api/opportunities/store/search-text.ts'
import { sql } from '../src/db/sql.ts'
import { demo } from '../src/demo/ids.ts'
import { fillFollowers } from './world.ts'

/** The size of a database to search: its opportunities, spread over its locations. */
export type World = { opportunities: number; locations: number }

export const usersEach = 50
export const stagesEach = 7
export const pipelinesEach = 4

/** A name that five opportunities have, at any size. */
export const rareName = 'Quixley'

const firstNames = 'Maya,Noah,Imogen,Liam,Zoë,Callum,Aisha,Mateo,Ingrid,Tomás,Priya,Jonas,Ruth'
const lastNames =
  'Lindqvist,Okafor,Fairfax,Müller,Nakamura,Oliveira,Doyle,Petrov,Haddad,Larsen,Nguyen,Costa,' +
  'Whitcombe,Sorensen,Abernathy,Castellano,Hartmann,Delacroix,Magnusson'
const companies = 'Northwind,Riverside,Lakeside,Summit,Harbour,Juniper,Copper,Willow,Granite,Atlas'
const trades = 'Dental,Roofing,Law,Fitness,Realty,Plumbing,Bakery,Solar,Media,Clinic,Motors'
const offers = 'Website redesign,Annual contract,Onboarding,Retainer,Audit,Campaign,Migration'

/** SQL that picks an item of a list by a hash of `i`. */
const pick = (list: string, salt: number) => {
  const items = list.split(',')
  const array = `array['${items.join("','")}']`
  return `(${array})[1 + (hashint4extended(i, ${salt}) & 1048575) % ${items.length}]`
}

const numbered = (first: string, i = 'i') => `'${first}' || lpad((${i})::text, 18, '0')`
const idsOf = {
  location: (w: World) =>
    w.locations === 1 ? `'${demo.locationId}'` : numbered('7', locationNumber(w)),
  pipeline: (w: World) => numbered('6', `${locationNumber(w)} * 10 + i / 7 % ${pipelinesEach}`),
  stage: (w: World) =>
    `(${numbered('5', `(${locationNumber(w)} * 10 + i / 7 % ${pipelinesEach}) * 10 + i % ${stagesEach}`)})`,
}
const locationNumber = ({ locations }: World) => `(i % ${locations})`

/** The location that is searched, and ids in it. */
export function searchTargetOf({ locations }: World) {
  const at = (first: string, i: number) => `${first}${String(i).padStart(18, '0')}`
  return {
    locationId: locations === 1 ? demo.locationId : at('7', 0),
    pipelineId: at('6', 0),
    stageId: at('5', 0),
    userId: at('3', 1),
  }
}

/** Runs `work` without the indexes of opportunities: making them afterwards takes a tenth. */
async function withoutIndexes(client: pg.Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    select c.relname as name, pg_get_indexdef(c.oid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'opportunities'::regclass and not i.indisprimary`)
  for (const { name } of rows) await client.query(`drop index ${name}`)
  await work()
  await client.query(`set maintenance_work_mem = '512MB'`)
  for (const { definition } of rows) await client.query(definition)
}

/** Fills a database that has the schema and the demo world. */
export async function fillWorld(client: pg.Client, world: World): Promise<void> {
  const { opportunities, locations } = world
  const run = (text: string) => client.query(text)
  const all = opportunities - 1
  const each = `generate_series(0, ${locations - 1}) l`
  if (locations > 1) {
    await run(`insert into locations (location_id, company_id, name, created_at, updated_at)
      select ${numbered('7', 'l')}, '${demo.companyId}', 'Location ' || l, now(), now()
      from ${each}`)
  }
  const location = locations === 1 ? `'${demo.locationId}'` : numbered('7', 'l')
  await run(`insert into users (id, company_id, first_name, last_name, email, type, role,
      created_at, updated_at)
    select ${numbered('3', 'u')}, '${demo.companyId}', 'User', u::text,
      'user' || u || '@bench.example', 'account', 'user', now(), now()
    from generate_series(0, ${usersEach - 1}) u`)
  await run(`insert into location_users (location_id, user_id, created_at)
    select ${location}, ${numbered('3', 'u')}, now()
    from ${each}, generate_series(0, ${usersEach - 1}) u`)
  await run(`insert into pipelines (location_id, id, name, name_key, position, created_at,
      updated_at)
    select ${location}, ${numbered('6', 'l * 10 + p')}, 'Pipeline ' || p, 'pipeline ' || p, 'b' || p,
      now(), now()
    from ${each}, generate_series(0, ${pipelinesEach - 1}) p`)
  await run(`insert into pipeline_stages (location_id, id, pipeline_id, name, position,
      stage_win_probability)
    select ${location}, ${numbered('5', '(l * 10 + p) * 10 + s')},
      ${numbered('6', 'l * 10 + p')}, 'Stage ' || s, s, 100.0 * (s + 1) / ${stagesEach}
    from ${each}, generate_series(0, ${pipelinesEach - 1}) p,
      generate_series(0, ${stagesEach - 1}) s`)
  await run(`insert into contacts (location_id, id, first_name, last_name, email, phone,
      company_name, source, tags, created_at, updated_at)
    select ${idsOf.location(world)}, ${numbered('2')}, ${pick(firstNames, 1)},
      case when i % ${Math.max(1, Math.floor(opportunities / 5))} = 0 then '${rareName}'
        else ${pick(lastNames, 2)} end,
      'person' || i || '@' || lower(${pick(companies, 3)}) || '.example', '+1612' || (1000000 + i),
      ${pick(companies, 3)} || ' ' || ${pick(trades, 4)}, 'form', '{lead}', now(), now()
    from generate_series(0, ${all}) i`)
  await withoutIndexes(client, async () => {
    await run(`insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id,
        contact_id, status, monetary_value, assigned_to, source, duplicate_slot, followers,
        last_status_change_at, last_stage_change_at, created_at, updated_at, search_text)
      select o.*, ${foundBy} from (
        select ${idsOf.location(world)} as location_id, ${numbered('1')} as id,
          ${pick(offers, 5)} || ' ' || i as name,
          ${idsOf.pipeline(world)}, ${idsOf.stage(world)}, ${numbered('2')} as contact_id,
          ${pick('open,open,open,won,lost,abandoned', 6)}, i % 9000,
          case when i % 10 > 0 then ${numbered('3', `(i / 3) % ${usersEach}`)} end, 'form', '',
          case when i % 5 = 0 then array[${numbered('3', `(i / 7) % ${usersEach}`)}]
            else '{}' end,
          t.at, t.at, t.at, t.at
        from generate_series(0, ${all}) i,
          lateral (select now() - (${all} - i) * interval '20 seconds' as at) t) o
      join contacts c on c.location_id = o.location_id and c.id = o.contact_id`)
  })
  await run('truncate opportunity_counts, opportunity_deltas')
  await run(`insert into opportunity_counts (location_id, follower, pipeline_id, pipeline_stage_id,
      status, assigned_to, count, value, weighted, unweighted)
    select o.location_id, f.id, o.pipeline_id, o.pipeline_stage_id, o.status,
      a.id, count(*), sum(o.monetary_value), 0, sum(o.monetary_value)
    from opportunities o cross join lateral unnest(array_prepend('', o.followers)) f (id)
      cross join lateral unnest(array[coalesce(o.assigned_to, ''), '*']) a (id)
    group by 1, 2, 3, 4, 5, 6`)
  for (const text of fillFollowers) await run(text)
  await run('vacuum analyze')
  await run('checkpoint')
}

const foundBy = searchText(sql`o.name`, sql`c`).text
