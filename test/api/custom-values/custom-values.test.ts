import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'

const path = `/locations/${demo.locationId}/customValues`
const notFound =
  '{"statusCode":404,"error":"Not Found","message":"Custom value not found",' +
  '"code":"CUSTOM_VALUE_NOT_FOUND"}'

type Row = { id: string; name: string; fieldKey: string; value: string; locationId: string }

describe('custom values', () => {
  const server = testServer()
  const { locationId } = demo

  const create = async (body: object, ask = {}) => {
    const answer = await server.ask('POST', path, { ...ask, body })
    return { ...answer, row: answer.body.customValue as Row }
  }

  test('201: create-custom-value, with the key of its name; no event tells', async () => {
    await server.newEvents()
    for (const version of ['v3', '2021-07-28']) {
      const { status, text, row } = await create({ name: 'My Name!', value: '' }, { version })
      assert.match(row.id, /^[0-9A-Za-z]{20}$/)
      const fieldKey = '{{ custom_values.my_name }}'
      const shown = { id: row.id, name: 'My Name!', fieldKey, value: '', locationId }
      assert.deepEqual([status, text], [201, JSON.stringify({ customValue: shown })])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: get-custom-values, in the order of creation', async () => {
    const { body } = await server.ask('GET', path)
    const names = (body.customValues as Row[]).map(({ name }) => name)
    assert.deepEqual(names.slice(0, 3), ['Office hours', 'Booking link', 'Review link'])
  })

  test('200: update-custom-value leaves the key; get-custom-value shows it; once deleted', async () => {
    const { row } = await create({ name: 'Before', value: '1' })
    const address = `${path}/${row.id}`
    const changed = { ...row, name: 'After', value: '2' }
    const put = await server.ask('PUT', address, { body: { name: 'After', value: '2' } })
    assert.deepEqual([put.status, put.body.customValue], [200, changed])
    const got = await server.ask('GET', address, { version: 'v3' })
    assert.deepEqual([got.status, got.body.customValue], [200, changed])
    assert.equal((await server.ask('DELETE', address)).text, '{"succeded":true}')
    for (const method of ['DELETE', 'GET']) {
      const gone = await server.ask(method, address)
      assert.deepEqual([gone.status, gone.text], [404, notFound])
    }
  })

  test('403: another location; 404: one of another location by the own address', async () => {
    const { row } = await create({ name: 'Ours', value: 'x' })
    const token = demo.otherLocation.privateIntegrationToken
    const refused = await server.ask('GET', `${path}/${row.id}`, { token })
    assert.deepEqual([refused.status, refused.text], [403, otherLocation])
    const address = `/locations/${demo.otherLocation.locationId}/customValues/${row.id}`
    for (const [method, ask] of [
      ['GET', {}],
      ['PUT', { body: { name: 'Theirs', value: 'y' } }],
      ['DELETE', {}],
    ] as const) {
      const missing = await server.ask(method, address, { ...ask, token })
      assert.deepEqual([missing.status, missing.text], [404, notFound])
    }
  })

  test('422: a name or value that is missing or too long, and what does not belong', async () => {
    const cases: [object, ...string[]][] = [
      [{ value: 'x' }, 'name must be a string', 'name should not be empty'],
      [{ name: 'x' }, 'value must be a string'],
      [
        { name: 'x', value: 'y'.repeat(65_537) },
        'value must be shorter than or equal to 65536 characters',
      ],
      [{ name: 'x', value: 'y', fieldKey: 'z' }, 'property fieldKey should not exist'],
    ]
    for (const [body, ...messages] of cases) {
      const { status, text } = await create(body)
      assert.deepEqual([status, text], [422, unprocessable(...messages)])
    }
  })
})
