import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type GHLError, HighLevel } from '@gohighlevel/api-client'
import { demo } from '../../src/demo/ids.ts'
import { launchSandbox } from '../launch.ts'

describe('@gohighlevel/api-client, on companies, locations and users', () => {
  const { companyId, locationId } = demo
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>
  let agency: HighLevel
  let location: HighLevel

  before(async () => {
    sandbox = await launchSandbox()
    const client = (privateIntegrationToken: string) => {
      const highLevel = new HighLevel({ privateIntegrationToken, logLevel: 'none' })
      highLevel.getHttpClient().defaults.baseURL = sandbox.line.url
      return highLevel
    }
    agency = client(sandbox.line.agencyPrivateIntegrationToken)
    location = client(sandbox.line.privateIntegrationToken)
  })
  after(() => sandbox.stop())

  test('getCompany', async () => {
    const { company } = await agency.companies.getCompany({ companyId })
    assert.equal(company?.id, companyId)
  })

  test('createLocation, getLocation, putLocation, searchLocations, deleteLocation', async () => {
    const made = await agency.locations.createLocation({ companyId, name: 'Of the SDK' })
    assert.ok(made.id)
    const id = { locationId: made.id }
    const renamed = { companyId, name: 'Renamed' }
    await agency.locations.putLocation(id, renamed)
    const { location: read } = await agency.locations.getLocation(id)
    assert.equal(read?.name, 'Renamed')
    const list = async () =>
      (await agency.locations.searchLocations({ companyId, limit: '100' })).locations ?? []
    assert.ok((await list()).some((one) => one.id === made.id && one.name === 'Renamed'))
    await agency.locations.deleteLocation({ ...id, deleteTwilioAccount: false })
    assert.ok(!(await list()).some((one) => one.id === made.id))
  })

  test('getTimezones', async () => {
    const { timeZones } = (await location.locations.getTimezones({ locationId })) as {
      timeZones: string[]
    }
    assert.ok(timeZones.includes('Europe/Berlin'))
  })

  test('createUser, getUser, updateUser, searchUsers, filterUsersByEmail, deleteUser', async () => {
    const { users } = agency
    const email = 'sdk@agency.example'
    const made = await users.createUser({
      companyId,
      firstName: 'Ess',
      lastName: 'Dee Kay',
      email,
      password: 'Long-enough-1',
      type: 'account',
      role: 'user',
      locationIds: [locationId],
    })
    assert.ok(made.id)
    const id = { userId: made.id }
    const changed = await users.updateUser(id, { companyId, firstName: 'Changed' })
    assert.equal(changed.firstName, 'Changed')
    assert.equal((await users.getUser(id)).firstName, 'Changed')
    const found = await users.searchUsers({ companyId, query: 'Changed', limit: '10' })
    assert.deepEqual(
      found.users?.map((user) => user.id),
      [made.id],
    )
    const byEmail = await users.filterUsersByEmail({ companyId, emails: email })
    assert.deepEqual(
      byEmail.users?.map((user) => user.id),
      [made.id],
    )
    const there = async () =>
      (await location.users.getUserByLocation({ locationId })).users?.map((user) => user.id)
    assert.ok((await there())?.includes(made.id))
    const deleted = await users.deleteUser(id)
    assert.equal(deleted.succeded, true)
    assert.ok(!(await there())?.includes(made.id))
  })

  test('getLostReason', async () => {
    const { lostReasons } = (await location.opportunities.getLostReason({ locationId })) as {
      lostReasons: { id: string }[]
    }
    assert.deepEqual(
      lostReasons.map(({ id }) => id).sort(),
      Object.values(demo.lostReasonIds).sort(),
    )
  })

  test('a refusal reaches the caller with its status', async () => {
    await assert.rejects(location.companies.getCompany({ companyId }), (error: GHLError) => {
      assert.equal(error.statusCode, 401)
      return true
    })
  })
})
