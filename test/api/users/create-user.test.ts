import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { userScopes } from '../../../src/api/users/user-scopes.ts'
import { checkPassword } from '../../../src/auth/password.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { notOneOf } from '../refusals.ts'
import { impossibleCost, testServer } from '../test-server.ts'
import { demoUser, minimalUser, permissions, userEventFields } from './people.ts'

const path = '/users/'
const otherLocationId = demo.otherLocation.locationId
const everywhere = [demo.locationId, otherLocationId].toSorted()

describe('create-user', () => {
  const server = testServer()

  const create = (values: object, caller: object = asAgency) =>
    server.ask('POST', path, { ...caller, body: { ...minimalUser, ...values } })

  const stored = async (id: unknown) => {
    const [row] = await server.db.query<{ hash: string; text: string }>(sql`
      select password_hash as hash, to_jsonb(u)::text as text from users u where u.id = ${id}`)
    return row ?? { hash: '', text: '' }
  }

  test('201: with the least, as the location itself, and its event', async () => {
    await server.newEvents()
    const { status, body } = await create({}, {})
    assert.equal(status, 201)
    const { id, ...user } = body
    assert.match(String(id), /^[0-9A-Za-z]{20}$/)
    const { id: _, ...expected } = demoUser('', 'John', 'Deo')
    assert.deepEqual(user, { ...expected, email: minimalUser.email })
    assert.deepEqual(await server.newEvents(), [
      { type: 'UserCreate', payload: { locationId: demo.locationId, ...userEventFields(body) } },
    ])
    const read = await server.ask('GET', `/users/${id}`)
    assert.deepEqual(read.body, body)
  })

  test('201: every field is read back; of the password only a hash is kept', async () => {
    const more = {
      phone: '+18832327657',
      scopes: ['contacts.write', 'campaigns.readonly', 'pipelines.create'],
      scopesAssignedToOnly: ['contacts.write'],
      profilePhoto: 'https://img.png',
      twilioPhone: { [otherLocationId]: '+18832327657' },
      platformLanguage: 'pt_BR',
    }
    const changedPermissions = { assignedDataOnly: true, tagsEnabled: false }
    const names = { email: 'Ann@Deo.example', firstName: 'Ann', role: 'admin' }
    const locationIds = everywhere
    const { status, body } = await create({
      ...names,
      ...more,
      locationIds,
      permissions: changedPermissions,
    })
    assert.equal(status, 201)
    const expected = demoUser(String(body.id), 'Ann', 'Deo', 'admin')
    const roles = { ...expected.roles, locationIds }
    assert.deepEqual(body, {
      ...expected,
      ...more,
      email: names.email,
      permissions: { ...permissions, ...changedPermissions },
      roles,
    })
    const { hash, text } = await stored(body.id)
    assert.doesNotMatch(text, /correct horse/)
    assert.match(hash, /^scrypt\$\d+\$\d+\$\d+\$[\w+/=]+\$[\w+/=]+$/)
    assert.equal(await checkPassword(minimalUser.password, hash), true)
    assert.equal(await checkPassword('correct hors', hash), false)
    assert.equal(await checkPassword(minimalUser.password, 'plain$correct horse'), false)
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ payload }) => payload),
      everywhere.map((locationId) => ({ locationId, ...userEventFields(body) })),
    )
  })

  test('201: an agency’s user, with and without locations, and their event', async () => {
    await server.newEvents()
    const { companyId } = demo
    const free = await create({ email: 'free@deo.example', type: 'agency', locationIds: [] })
    assert.equal(free.status, 201)
    assert.deepEqual((free.body.roles as { locationIds: string[] }).locationIds, [])
    assert.deepEqual(await server.newEvents(), [
      { type: 'UserCreate', payload: { companyId, ...userEventFields(free.body), locations: [] } },
    ])
    const [row] = await server.db.query<{ key: string }>(sql`
      select location_id as key from outbox where payload->>'id' = ${String(free.body.id)}`)
    assert.equal(row?.key, companyId)
    const values = { email: 'both@deo.example', type: 'agency', locationIds: everywhere }
    const { body } = await create(values)
    const event = {
      type: 'UserCreate',
      payload: { companyId, ...userEventFields(body), locations: everywhere },
    }
    assert.deepEqual(await server.newEvents(), [event, event])
  })

  test('201: can be assigned to and follow at once', async () => {
    const { body } = await create({ email: 'quick@deo.example', locationIds: [demo.locationId] })
    const followers = await server.ask('POST', `/opportunities/${demo.opportunityId}/followers`, {
      body: { followers: [body.id] },
    })
    assert.deepEqual(followers.body.followersAdded, [body.id])
  })

  test('201: an address twice in locationIds counts once', async () => {
    const locationIds = [demo.locationId, demo.locationId]
    await server.newEvents()
    const { status, body } = await create({ email: 'twice@deo.example', locationIds })
    assert.equal(status, 201)
    const roles = body.roles as { locationIds: string[] }
    assert.deepEqual(roles.locationIds, [demo.locationId])
    assert.equal((await server.newEvents()).length, 1)
  })

  test('400: an e-mail address that somebody has, until they are deleted', async () => {
    const email = 'taken@deo.example'
    const first = await create({ email })
    assert.equal(first.status, 201)
    await server.newEvents()
    for (const takenEmail of [email, 'TAKEN@deo.example']) {
      const { status, text } = await create({ email: takenEmail })
      assert.equal(status, 400)
      assert.equal(
        text,
        `{"statusCode":400,"message":"User with email ${takenEmail} already exists",` +
          '"error":"Bad Request"}',
      )
    }
    assert.deepEqual(await server.newEvents(), [])
    await server.ask('DELETE', `/users/${first.body.id}`, asAgency)
    assert.equal((await create({ email })).status, 201)
  })

  test('400: of many at once with one address, one is made', async () => {
    const email = 'rush@deo.example'
    const answers = await Promise.all(Array.from({ length: 4 }, () => create({ email })))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 400, 400, 400])
  })

  test('401: a token without the scope, and an agency’s user as a location', async () => {
    const token = await tokenWith(server, { allowedScopes: ['users.readonly'] })
    const unscopedAnswer = await create({ email: 'no@deo.example' }, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
    const higher = await create({ email: 'no@deo.example', type: 'agency' }, {})
    assert.deepEqual([higher.status, higher.text], [401, refusals.notForLocations])
  })

  test('403: another company, or locations that the token does not reach', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    await server.newEvents()
    const email = 'no@deo.example'
    for (const caller of [{}, asAgency]) {
      const { status, text } = await create({ email, companyId: unrelatedAgency.companyId }, caller)
      assert.deepEqual([status, text], [403, refusals.otherCompany])
    }
    const refusedBodies = [
      [[otherLocationId], {}],
      [everywhere, {}],
      [[unrelatedAgency.locationId], asAgency],
      [[demo.locationId, 'nobody-knows-me'], asAgency],
    ] as const
    for (const [locationIds, caller] of refusedBodies) {
      const { status, text } = await create({ email, locationIds }, caller)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: what is missing', async () => {
    const { status, body } = await server.ask('POST', path, { ...asAgency, body: {} })
    assert.equal(status, 422)
    assert.deepEqual(body.message, [
      'companyId must be a string',
      'companyId should not be empty',
      'firstName must be a string',
      'firstName should not be empty',
      'lastName must be a string',
      'lastName should not be empty',
      'email must be a string',
      'email should not be empty',
      'password must be a string',
      notOneOf('type', 'account', 'agency'),
      'type should not be empty',
      notOneOf('role', 'admin', 'user'),
      'role should not be empty',
      'locationIds must be an array',
    ])
  })

  test('422: what is of another form, or not in the contract', async () => {
    await server.newEvents()
    const refusedBodies: [object, string[]][] = [
      [{ firstName: ' ' }, ['firstName should not be empty']],
      [{ email: 'john' }, ['email must be an email']],
      [
        { email: `${'x'.repeat(320)}@a.b` },
        ['email must be shorter than or equal to 320 characters'],
      ],
      [{ password: 'secret7' }, ['password must be longer than or equal to 8 characters']],
      [{ type: 'robot' }, [notOneOf('type', 'account', 'agency')]],
      [{ role: 'owner' }, [notOneOf('role', 'admin', 'user')]],
      [{ locationIds: [] }, ['locationIds should not be empty']],
      [{ locationIds: [1] }, ['each value in locationIds must be a string']],
      [{ scopes: ['fly'] }, [notOneOf('each value in scopes', ...userScopes)]],
      [{ permissions: { fly: true } }, ['permissions.property fly should not exist']],
      [{ permissions: { tagsEnabled: 'x' } }, ['permissions.tagsEnabled must be a boolean value']],
      [
        { platformLanguage: 'tlh' },
        [
          notOneOf(
            'platformLanguage',
            'en_US',
            'es',
            'fr_CA',
            'fr_FR',
            'nl',
            'de',
            'pt_PT',
            'pt_BR',
            'it',
            'sv',
            'da',
            'fi',
            'no',
          ),
        ],
      ],
      [{ twilioPhone: { x: 1 } }, ['twilioPhone must be an object']],
      [{ extension: '1' }, ['property extension should not exist']],
    ]
    for (const [values, message] of refusedBodies) {
      const answer = await create({ email: 'no@deo.example', ...values })
      assert.deepEqual([answer.status, answer.body.message], [422, message])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: under v3 a password that is not as v3 says', async () => {
    const email = 'strong@deo.example'
    const short = 'password must be longer than or equal to 12 characters'
    const weak = 'password is not strong enough'
    const refusedBodies: [string, string[]][] = [
      ['correct horse', [weak]],
      ['Str0ng!', [short]],
      ['correct', [short, weak]],
    ]
    for (const [password, message] of refusedBodies) {
      const { status, body } = await create({ email, password }, { ...asAgency, version: 'v3' })
      assert.deepEqual([status, body.message], [422, message])
    }
    const password = 'Correct-Horse-1'
    assert.equal((await create({ email, password }, { ...asAgency, version: 'v3' })).status, 201)
  })
})

describe('create-user where hashing is impossible', () => {
  const server = testServer({ passwordCost: impossibleCost })

  test('400: a taken address is refused before the password is hashed', async () => {
    const create = (email: string) =>
      server.ask('POST', path, { ...asAgency, body: { ...minimalUser, email } })
    const taken = await create(demo.admin.email.toUpperCase())
    assert.deepEqual(
      [taken.status, taken.body.message],
      [400, `User with email ${demo.admin.email.toUpperCase()} already exists`],
    )
    assert.equal((await create('nobody@has.example')).status, 500, 'hashing is impossible')
  })
})
