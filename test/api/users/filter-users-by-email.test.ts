import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'
import { ben, makeUser } from './people.ts'

const path = '/users/search/filter-by-email'
const { companyId } = demo

describe('filter-users-by-email', () => {
  const server = testServer()
  let unrelatedAgency: Awaited<ReturnType<typeof createUnrelatedAgency>>

  before(async () => {
    unrelatedAgency = await createUnrelatedAgency(server)
  })

  const filter = (body: object) =>
    server.ask('POST', path, { ...asAgency, body: { companyId, ...body } })

  const bothEmails = `${ben.email}, THEO.lindgren@agency.example ,ada@away.example,nobody@x.example`

  test('200: id and email, when nothing is said', async () => {
    const { status, body } = await filter({ emails: bothEmails })
    assert.equal(status, 200)
    assert.deepEqual(body, {
      users: [
        { id: ben.id, email: ben.email },
        { id: demo.userIds[5], email: 'theo.lindgren@agency.example' },
      ],
      count: 2,
    })
  })

  test('200: what the projection names, or all', async () => {
    const emails = ben.email
    const named = await filter({ emails, projection: 'roles, phone,firstName,shoeSize' })
    const { id, firstName, roles } = ben
    assert.deepEqual(named.body.users, [{ id, firstName, roles }])
    const fullAnswer = await filter({ emails, projection: 'all' })
    assert.deepEqual(fullAnswer.body.users, [{ ...ben, deleted: false }])
  })

  test('200: by pages', async () => {
    const first = await filter({ emails: bothEmails, limit: '1' })
    assert.deepEqual([first.body.count, (first.body.users as object[]).length], [2, 1])
    const second = await filter({ emails: bothEmails, limit: '1', skip: '1' })
    const [user] = second.body.users as { id: string }[]
    assert.equal(user?.id, demo.userIds[5])
  })

  test('200: the deleted ones, when they are asked for', async () => {
    const emails = 'gone@deo.example'
    const id = await makeUser(server, { email: emails })
    assert.deepEqual((await filter({ emails, deleted: true })).body, { users: [], count: 0 })
    await server.ask('DELETE', `/users/${id}`, asAgency)
    assert.deepEqual((await filter({ emails })).body, { users: [], count: 0 })
    const { body } = await filter({ emails, deleted: true, projection: 'deleted,roles' })
    const roles = { type: 'account', role: 'user', locationIds: [], restrictSubAccount: false }
    assert.deepEqual(body, { users: [{ id, roles, deleted: true }], count: 1 })
  })

  test('200: a thousand addresses, each counted once, and 422: more', async () => {
    const manyEmails = Array.from({ length: 999 }, (_, i) => `${i}@x.example`)
    const emails = [...manyEmails, ben.email]
    const foundAnswer = await filter({ emails: [...emails, ben.email.toUpperCase()].join(',') })
    assert.deepEqual([foundAnswer.status, foundAnswer.body.count], [200, 1])
    const { status, body } = await filter({ emails: [...emails, 'one@more.example'].join(',') })
    const message = ['emails must contain no more than 1000 elements']
    assert.deepEqual([status, body.message], [422, message])
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const body = { companyId, emails: ben.email }
    const locationAnswer = await server.ask('POST', path, { body })
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['users.write'] })
    const unscopedAnswer = await server.ask('POST', path, { token, body })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: another company', async () => {
    const { status, text } = await filter({
      companyId: unrelatedAgency.companyId,
      emails: ben.email,
    })
    assert.deepEqual([status, text], [403, refusals.otherCompany])
  })

  test('422: what is missing, of another form, or not in the contract', async () => {
    const refusedBodies: [object, string[]][] = [
      [{}, ['emails must be a string', 'emails should not be empty']],
      [{ emails: [ben.email] }, ['emails must be a string']],
      [{ emails: 'a', skip: 1 }, ['skip must be a string']],
      [{ emails: 'a', skip: '-1' }, ['skip must be a number string']],
      [{ emails: 'a', skip: '10001' }, ['skip must not be greater than 10000']],
      [{ emails: 'a', limit: '0' }, ['limit must not be less than 1']],
      [{ emails: 'a', deleted: 'no' }, ['deleted must be a boolean value']],
      [{ emails: 'a', x: 1 }, ['property x should not exist']],
    ]
    for (const [body, message] of refusedBodies) {
      const answer = await filter(body)
      assert.deepEqual([answer.status, answer.body.message], [422, message])
    }
  })
})
