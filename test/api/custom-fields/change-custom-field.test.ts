import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { create, path, pathOf, type Row, there } from './rows.ts'

const notFound =
  '{"statusCode":404,"error":"Not Found","message":"Custom field not found",' +
  '"code":"CUSTOM_FIELD_NOT_FOUND"}'

describe('custom fields that are there', () => {
  const server = testServer()

  const list = async (query = '', ask = {}) => {
    const { status, body } = await server.ask('GET', `${path}${query}`, ask)
    assert.equal(status, 200)
    return body.customFields as Row[]
  }
  const search = async (query: string) => {
    const { status, body } = await server.ask('GET', `${path}/search?${query}`)
    assert.equal(status, 200)
    return body
  }

  test('get-custom-fields: those of both models, or of one; folders are not among them', async () => {
    const contacts = await list('?model=contact')
    const opportunities = await list('?model=opportunity', { version: 'v3' })
    assert.deepEqual([contacts.length, opportunities.length], [16, 8])
    assert.equal(new Set(contacts.map(({ dataType }) => dataType)).size, 16)
    for (const all of [await list(), await list('?model=all')]) {
      assert.equal(all.length, 24)
      assert.ok(all.every(({ documentType }) => documentType === 'field'))
    }
    const [first] = contacts
    assert.deepEqual(
      [first?.name, first?.fieldKey, first?.position],
      ['Pin code', 'contact.pin_code', 50],
    )
  })

  test('422: get-custom-fields with a locationId in the query', async () => {
    const { status, text } = await server.ask('GET', `${path}?locationId=${demo.locationId}`)
    assert.deepEqual([status, text], [422, unprocessable('property locationId should not exist')])
  })

  test('search-custom-fields: by folder, model and a part of the name; folders; pages', async () => {
    const folders = await search('documentType=folder&model=all')
    const [folder] = folders.customFieldFolders as Row[]
    assert.deepEqual([folder?.name, folders.totalItems], ['About the business', 1])
    const inside = await search(`parentId=${folder?.id}&skip=15&limit=10`)
    assert.deepEqual([(inside.customFields as Row[]).length, inside.totalItems], [1, 16])
    const found = await search('query=PIN%20c&model=contact&includeStandards=true')
    assert.deepEqual(
      (found.customFields as Row[]).map(({ name }) => name),
      ['Pin code'],
    )
    assert.equal((await search('query=pin&model=opportunity')).totalItems, 0)
  })

  test('update-custom-field: only what is sent; key, type and model stay; options are replaced', async () => {
    const made = await create(server, {
      name: 'Size of it',
      dataType: 'RADIO',
      options: ['S', 'L'],
    })
    const folder = await create(server, { name: 'Sizes', documentType: 'folder' })
    const put = async (body: object) => {
      const answer = await server.ask('PUT', `${path}/${made.id}`, { body })
      assert.equal(answer.status, 200, answer.text)
      return answer.body.customField as Row
    }
    const renamed = { ...made.field, name: 'How large' }
    assert.deepEqual(await put({ name: 'How large', model: 'opportunity' }), renamed)
    const changed = { ...renamed, picklistOptions: ['M'], parentId: folder.id, position: 7 }
    assert.deepEqual(await put({ options: [' M '], parentId: folder.id, position: 7 }), changed)
    const { body } = await server.ask('GET', `${path}/${made.id}`, { version: 'v3' })
    assert.deepEqual(body.customField, changed)
    assert.ok(!('parentId' in (await put({ parentId: '' }))))
  })

  test('400: update-custom-field to a name that another has; 422: type and key', async () => {
    const one = await create(server, { name: 'One', dataType: 'TEXT' })
    const two = await create(server, { name: 'Two', dataType: 'TEXT' })
    const address = `${path}/${two.id}`
    const taken = await server.ask('PUT', address, { body: { name: 'One' } })
    assert.equal(taken.status, 400)
    assert.deepEqual(taken.body.meta, { existingId: one.id })
    for (const name of ['dataType', 'fieldKey', 'picklistOptions']) {
      const answer = await server.ask('PUT', address, { body: { name: 'Two', [name]: 'TEXT' } })
      assert.equal(answer.text, unprocessable(`property ${name} should not exist`))
    }
  })

  test('delete-custom-field: once; a folder leaves its fields', async () => {
    const folder = await create(server, { name: 'Short-lived', documentType: 'folder' })
    const inside = await create(server, { name: 'In', dataType: 'TEXT', parentId: folder.id })
    const remove = () => server.ask('DELETE', `${path}/${folder.id}`)
    assert.equal((await remove()).text, '{"succeded":true}')
    assert.deepEqual([(await remove()).status, (await remove()).text], [404, notFound])
    const { body } = await server.ask('GET', `${path}/${inside.id}`)
    assert.deepEqual(
      [(body.customField as Row).id, (body.customField as Row).parentId],
      [inside.id, undefined],
    )
  })

  test('404: one of another location; 403: its address', async () => {
    const theirs = await create(server, { name: 'Theirs', dataType: 'TEXT' }, there)
    for (const [method, ask] of [
      ['GET'],
      ['PUT', { body: { name: 'Mine' } }],
      ['DELETE'],
    ] as const) {
      const here = await server.ask(method, `${path}/${theirs.id}`, ask)
      assert.deepEqual([here.status, here.text], [404, notFound])
      const address = `${pathOf(demo.otherLocation.locationId)}/${theirs.id}`
      const refused = await server.ask(method, address, ask)
      assert.deepEqual([refused.status, refused.text], [403, otherLocation])
    }
  })
})
