import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { appIdOf } from '../../../src/api/oauth/installs/apps.ts'
import { findInstall, uninstallApp } from '../../../src/api/oauth/installs/install.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'
import { agencyConsent, consent, createAnotherAgency, setDeleted } from './client.ts'

const { clientId, companyId, locationId } = demo
const otherLocationId = demo.otherLocation.locationId
const appId = appIdOf(clientId)
const [userId] = demo.userIds

describe('INSTALL and UNINSTALL', () => {
  const server = testServer()

  const about = {
    ...{ companyId, userId, companyName: 'Harborview Digital' },
    ...{ isWhitelabelCompany: false, whitelabelDetails: {} },
  }
  const locationEvent = (id: string) => ({
    type: 'INSTALL',
    payload: { appId, versionId: appId, installType: 'Location', locationId: id, ...about },
  })
  const agencyEvent = {
    type: 'INSTALL',
    payload: { appId, versionId: appId, installType: 'Company', ...about },
  }
  const uninstallOf = (place: object) => ({ type: 'UNINSTALL', payload: { appId, ...place } })

  const uninstall = async (place: string) => {
    const installId = await findInstall(server.db, { clientId, companyId, locationId: place })
    return installId !== undefined && uninstallApp(server.db, installId, server.now)
  }

  beforeEach(async () => {
    for (const place of [locationId, otherLocationId, '']) await uninstall(place)
    const [company] = await server.db.query<{ name: string }>(sql`
      select name from companies where id = ${companyId}`)
    about.companyName = company?.name ?? ''
    agencyEvent.payload.companyName = about.companyName
    await server.newEvents()
  })

  test('a location’s install, and each consent to it again', async () => {
    for (let i = 0; i < 2; i++) {
      await consent(server)
      assert.deepEqual(await server.newEvents(), [locationEvent(locationId)])
    }
  })

  test('an agency’s install of some locations, and then of others', async () => {
    await agencyConsent(server, [otherLocationId])
    assert.deepEqual(await server.newEvents(), [agencyEvent, locationEvent(otherLocationId)])
    await agencyConsent(server, [locationId, otherLocationId])
    const [first, ...rest] = await server.newEvents()
    assert.deepEqual(first, agencyEvent)
    const places = rest.map(({ payload }) => String(payload.locationId))
    assert.deepEqual(places.toSorted(), [locationId, otherLocationId].toSorted())
    assert.deepEqual(rest, places.map(locationEvent))
  })

  test('an agency’s install of all its locations, and of no other agency’s or deleted ones', async () => {
    await createAnotherAgency(server)
    await setDeleted(server, otherLocationId, true)
    await agencyConsent(server, [], { approveAllLocations: true, installToFutureLocations: true })
    assert.deepEqual(await server.newEvents(), [agencyEvent, locationEvent(locationId)])
    await setDeleted(server, otherLocationId, false)
  })

  test('an agency’s install of no location', async () => {
    await agencyConsent(server, [], { isBulk: false })
    assert.deepEqual(await server.newEvents(), [agencyEvent])
  })

  test('an agency with a domain is white-labelled', async () => {
    const details = { domain: 'app.example.com', logoUrl: 'https://example.com/logo.png' }
    await server.db.query(sql`
      update companies set domain = ${details.domain}, logo_url = ${details.logoUrl}
      where id = ${companyId}`)
    await consent(server)
    const [event] = await server.newEvents()
    assert.equal(event?.payload.isWhitelabelCompany, true)
    assert.deepEqual(event?.payload.whitelabelDetails, details)
    await server.db.query(sql`
      update companies set domain = null, logo_url = null where id = ${companyId}`)
  })

  test('uninstalling from a location, once', async () => {
    await consent(server)
    await server.newEvents()
    const place = { clientId, companyId, locationId }
    const installId = String(await findInstall(server.db, place))
    assert.equal(await uninstallApp(server.db, installId, server.now), true)
    assert.equal(await uninstallApp(server.db, installId, server.now), false)
    assert.deepEqual(await server.newEvents(), [uninstallOf({ locationId })])
  })

  test('uninstalling from an agency, but for a location that installed the app itself', async () => {
    await agencyConsent(server)
    await consent(server, { locationId: otherLocationId })
    await server.newEvents()
    await uninstall('')
    const expected = [uninstallOf({ companyId }), uninstallOf({ locationId })]
    assert.deepEqual(await server.newEvents(), expected)
    await uninstall(otherLocationId)
    assert.deepEqual(await server.newEvents(), [uninstallOf({ locationId: otherLocationId })])
  })

  test('stand under their location, or the agency, in the commit of the install', async () => {
    await agencyConsent(server, [locationId])
    const installedAt = server.now.toISOString()
    const rows = await server.db.query(sql`
      select location_id as "under", payload ->> 'installType' as "installType",
        created_at as "createdAt"
      from outbox where type = 'INSTALL' order by id desc limit 2`)
    assert.deepEqual(rows, [
      { under: locationId, installType: 'Location', createdAt: installedAt },
      { under: companyId, installType: 'Company', createdAt: installedAt },
    ])
  })

  test('a new location is told to the apps that are installed in those to come', async () => {
    const make = async () => {
      await server.newEvents()
      const body = { companyId, name: 'New' }
      const created = await server.ask('POST', '/locations/', { ...asAgency, body })
      assert.equal(created.status, 200, created.text)
      const id = String(created.body.id)
      const payload = { id, companyId, name: 'New', email: null }
      return { id, create: { type: 'LocationCreate', payload } }
    }
    await agencyConsent(server, [], { approveAllLocations: true })
    server.now = new Date(server.now.getTime() + 1_000)
    const unreached = await make()
    assert.deepEqual(await server.newEvents(), [unreached.create])

    await agencyConsent(server, [], { installToFutureLocations: true })
    server.now = new Date(server.now.getTime() + 1_000)
    const { id, create } = await make()
    assert.deepEqual(await server.newEvents(), [create, locationEvent(id)])

    await uninstall('')
    const after = await make()
    assert.deepEqual(await server.newEvents(), [after.create])
  })

  test('what cannot be installed is not told of', async () => {
    await assert.rejects(consent(server, { locationId: 'nobody-knows-me' }))
    // The code cannot be written: neither is anything before it.
    const redirectUri = null as unknown as string
    await assert.rejects(consent(server, { redirectUri }))
    assert.deepEqual(await server.newEvents(), [])
    assert.equal(await findInstall(server.db, { clientId, companyId, locationId }), undefined)
  })
})
