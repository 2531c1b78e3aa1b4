import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { opportunityField } from '../../src/api/opportunities/search/fields.ts'
import { newestFirst } from '../../src/api/opportunities/search/order.ts'
import { searchedOpportunities } from '../../src/api/opportunities/search/statements.ts'
import type { Database } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { commonFilter, type Filter } from '../../src/resource/search/filter.ts'
import { findPage, hasTimeIndex } from '../../src/resource/search/page.ts'
import { testServer } from '../api/test-server.ts'
import { openOwnDatabase } from '../test-database.ts'
import { recordStatements, type SentStatement } from './recording.ts'

const values: Readonly<Record<string, string>> = {
  pipeline_id: demo.pipelineId,
  pipeline_stage_id: demo.stageIds[1],
  status: 'open',
  assigned_to: demo.userIds[4],
  followers: demo.userIds[0],
}

/** A filter of one value for each of some fields. */
function filterOf(names: readonly string[]): Filter {
  return {
    all: names.map((name) => {
      const field = opportunityField(name)
      assert.ok(field)
      return { field, test: { is: 'any of' as const, values: [values[name] ?? ''] } }
    }),
  }
}

/** Every choice of some names. */
function choices([first, ...rest]: readonly string[]): string[][] {
  if (first === undefined) return [[]]
  return choices(rest).flatMap((choice) => [choice, [first, ...choice]])
}

describe('a page that is planned once for all values', () => {
  // Its statistics are those of no other file.
  const server = testServer({}, openOwnDatabase)
  let db: Database
  const sent: SentStatement[] = []

  before(async () => {
    db = recordStatements(server.db, sent)
    // All are alike: of what the next request asks for there is none.
    await server.db.query(sql`
      delete from opportunities where location_id = ${demo.otherLocation.locationId}`)
    await server.db.query(sql`
      update opportunities set status = 'won', assigned_to = ${demo.userIds[0]},
        pipeline_stage_id = ${demo.stageIds[0]}, pipeline_id = ${demo.pipelineId},
        duplicate_slot = id
      where location_id = ${demo.locationId}`)
    await server.db.query(sql`
      insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
        status, assigned_to, monetary_value, duplicate_slot, last_status_change_at,
        last_stage_change_at, created_at, updated_at)
      select ${demo.locationId}, 'alike' || n, 'Alike', ${demo.pipelineId}, ${demo.stageIds[0]},
        ${demo.contactId}, 'won', ${demo.userIds[0]}, 1, n, now(), now(), now(), now()
      from generate_series(1, 2000) n`)
    await server.db.transaction((tx) => tx.script('analyze opportunities'))
  })

  /** What is done for the rows of the page, before they are joined to anything. */
  async function planOf(filter: Filter): Promise<string> {
    const page = { filter, order: newestFirst, skip: 0, limit: 20 }
    await findPage(db, searchedOpportunities, demo.locationId, page)
    const statement = sent.at(-1)?.statement
    assert.ok(statement)
    return server.db.transaction(async (tx) => {
      // Without their values, as a plan for all of them is made.
      await tx.script(`
        create temporary table lines (line text) on commit drop;
        do $do$ declare line text; begin
          for line in execute $q$explain (generic_plan, costs off) ${statement.text}$q$ loop
            insert into lines values (line);
          end loop;
        end $do$`)
      const rows = await tx.query<{ line: string }>(sql`select line from lines`)
      const plan = rows.map(({ line }) => line).join('\n')
      return plan.slice(plan.lastIndexOf('Limit'))
    })
  }

  for (const names of choices(Object.keys(values))) {
    const filter = commonFilter(filterOf(names))
    assert.ok(filter)
    if (!hasTimeIndex(searchedOpportunities.timeIndexes, filter)) continue
    test(`has an index in its order: ${names.join(', ') || 'no filter'}`, async () => {
      const [scan = ''] = (await planOf(filter)).split(/->.*(?=pipeline_stages|contacts)/)
      assert.match(scan, /Index (Only )?Scan using/)
      assert.doesNotMatch(scan, /Sort/)
      // A stage is of one pipeline, and who follows is looked for in the row too.
      const isFiltered =
        names.includes('followers') || (names.length === 2 && names.includes('pipeline_stage_id'))
      if (!isFiltered) assert.doesNotMatch(scan, /Filter/)
      if (names.includes('pipeline_stage_id')) assert.match(scan, /opportunities_stage/)
    })
  }
})
