import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { contactNotFound } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import type { Sent } from './rows.ts'

const { locationId } = demo
const maya = 'byMEV0NQinDhq8ZfiOi2'

describe('delete-contact', () => {
  const server = testServer()
  const opportunitiesOf = async (contactId: string) => {
    const rows = await server.db.query<{ id: string }>(sql`
      select id from opportunities
      where location_id = ${locationId} and contact_id = ${contactId} order by id`)
    return rows.map(({ id }) => id)
  }

  // UPSTREAM: behaviour-contacts.md §3.7
  test('200: takes its opportunities, with their events, and is gone', async () => {
    await server.newEvents()
    const ids = await opportunitiesOf(maya)
    assert.equal(ids.length, 2)
    const { status, body } = await server.ask('DELETE', `/contacts/${maya}`, { body: {} })
    assert.equal(status, 200)
    assert.deepEqual(body, { succeded: true, succeeded: true })
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ type, payload }) => [type, payload.id]),
      [
        ['ContactDelete', maya],
        ...ids.flatMap((id) => [
          ['OpportunityDelete', id],
          ['OpportunityUpdate', id],
        ]),
      ],
    )
    assert.deepEqual(await opportunitiesOf(maya), [])
    const [kept] = await server.db.query<{ unfinished: string[] }>(sql`
      select unfinished from contacts where location_id = ${locationId} and id = ${maya}`)
    assert.deepEqual(kept, { unfinished: [] })
    for (const [method, path, sent] of [
      ['GET', ''],
      ['DELETE', ''],
      ['PUT', '', { city: 'X' }],
      ['POST', '/tags', { tags: ['a'] }],
      ['POST', '/followers', { followers: [demo.userIds[1]] }],
      ['DELETE', '/followers', { followers: [demo.userIds[1]] }],
    ] as const) {
      const answer = await server.ask(method, `/contacts/${maya}${path}`, { body: sent })
      assert.equal(answer.text, contactNotFound(maya), `${method} ${path}`)
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('201: its address may be another’s, and it takes no new opportunities', async () => {
    const sent = { locationId, email: 'maya@northwinddental.example' }
    assert.equal((await server.ask('POST', '/contacts/', { body: sent })).status, 201)
    const { text } = await server.ask('POST', '/opportunities/', {
      body: {
        locationId,
        pipelineId: demo.pipelineId,
        contactId: maya,
        name: 'N',
        status: 'open',
      },
    })
    assert.match(text, new RegExp(`Contact with id ${maya} not found`))
  })

  test('200: more opportunities than one batch goes on after the first', async () => {
    const contactId = 'cJAWDskpkJHbRbhAT7bs'
    await server.db.query(sql`
      insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
        status, duplicate_slot, last_status_change_at, last_stage_change_at, created_at, updated_at)
      select ${locationId}, 'many' || i, 'Many', ${demo.pipelineId}, ${demo.stageIds[0]},
        ${contactId}, 'open', 'many' || i, now(), now(), now(), now()
      from generate_series(1, 1200) i`)
    assert.equal((await server.ask('DELETE', `/contacts/${contactId}`)).status, 200)
    assert.deepEqual(await opportunitiesOf(contactId), [])
  })

  test('200: a renamed contact takes the search text of its opportunities along', async () => {
    const contactId = 'ocQHyuzHvysMo5N5VsXc'
    const [id] = await opportunitiesOf(contactId)
    const found = async (q: string) => {
      const path = `/opportunities/search?location_id=${locationId}&q=${q}`
      const { opportunities } = (await server.ask('GET', path)).body as { opportunities: Sent[] }
      return opportunities.some((one) => one.id === id)
    }
    assert.equal(await found('Raman'), true)
    const body = { lastName: 'Zimmerfeld' }
    assert.equal((await server.ask('PUT', `/contacts/${contactId}`, { body })).status, 200)
    assert.deepEqual([await found('Zimmerfeld'), await found('Raman')], [true, false])
  })

  // UPSTREAM: behaviour-contacts.md §3.6
  test('200: the owner of a contact becomes that of its opportunities, unless they are decoupled', async () => {
    const contactId = 'ocQHyuzHvysMo5N5VsXc'
    const ownersOf = async () => {
      const rows = await server.db.query<{ owner: string }>(sql`
        select distinct assigned_to as owner from opportunities
        where location_id = ${locationId} and contact_id = ${contactId}`)
      return rows.map(({ owner }) => owner)
    }
    const assign = (assignedTo: string | undefined) =>
      server.ask('PUT', `/contacts/${contactId}`, { body: { assignedTo } })
    await server.newEvents()
    await assign(demo.userIds[4])
    assert.deepEqual(await ownersOf(), [demo.userIds[4]])
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.ok(types.includes('ContactUpdate') && types.includes('OpportunityAssignedToUpdate'))
    await server.db.query(sql`
      update locations set crm_settings = '{"deSyncOwners": true}' where location_id = ${locationId}`)
    await assign(demo.userIds[5])
    assert.deepEqual(await ownersOf(), [demo.userIds[4]])
  })

  test('200: a user who leaves is taken out of contacts', async () => {
    const contactId = demo.contactId
    const userId = demo.userIds[5]
    await server.ask('PUT', `/contacts/${contactId}`, { body: { assignedTo: userId } })
    await server.ask('POST', `/contacts/${contactId}/followers`, { body: { followers: [userId] } })
    await server.newEvents()
    const token = demo.agencyPrivateIntegrationToken
    assert.equal((await server.ask('DELETE', `/users/${userId}`, { token })).status, 200)
    const { followers, assignedTo } = (await server.ask('GET', `/contacts/${contactId}`)).body
      .contact as Sent
    assert.deepEqual([followers, assignedTo], [[], undefined])
    const left = await server.db.query(sql`
      select from contact_followers where location_id = ${locationId} and user_id = ${userId}`)
    assert.deepEqual(left, [])
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.ok(types.includes('ContactUpdate'))
  })
})
