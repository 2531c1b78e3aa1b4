import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dataTypes } from '../../../src/api/custom-fields/definition-shapes.ts'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest, notOneOf, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { create, path, there } from './rows.ts'

describe('create-custom-field', () => {
  const server = testServer()
  const { locationId } = demo

  test('201: the row in the recorded order, under every version; no event tells', async () => {
    await server.newEvents()
    for (const [i, version] of ['v3', '2023-02-21', '2021-07-28', '2021-04-15'].entries()) {
      const body = { name: `FA | X ${i}`, dataType: 'TEXT', placeholder: 'Here', position: 0 }
      const { status, text, id } = await create(server, body, { version })
      assert.equal(status, 201)
      const row = {
        id,
        name: body.name,
        model: 'contact',
        fieldKey: `contact.fa__x_${i}`,
        placeholder: 'Here',
        dataType: 'TEXT',
        position: 0,
        documentType: 'field',
        locationId,
        dateAdded: server.now.toISOString(),
        standard: false,
      }
      assert.equal(text, JSON.stringify({ customField: row }))
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('201: every type, with what it needs', async () => {
    const needs = {
      options: [' One ', 'Two', 'One', ''],
      textBoxListOptions: [{ label: 'First', prefillValue: '' }],
      urlValidation: { mode: 'allow_all' },
    }
    for (const dataType of dataTypes) {
      const own = dataType === 'TEXTBOX_LIST' ? needs : { ...needs, textBoxListOptions: null }
      const { status, field } = await create(server, { ...own, name: `Of ${dataType}`, dataType })
      assert.equal(status, 201)
      assert.equal(field.dataType, dataType)
      if (dataType !== 'TEXTBOX_LIST') assert.deepEqual(field.picklistOptions, ['One', 'Two'])
      else
        assert.match(JSON.stringify(field.picklistOptions), /^\[\{"id":"[0-9a-f-]{36}","label":"F/)
    }
  })

  test('201: files have their limits, and positions go on by 50', async () => {
    const file = { name: 'Files', dataType: 'FILE_UPLOAD', model: 'opportunity' }
    const limits = { isMultipleFile: true, maxNumberOfFiles: 2, acceptedFormat: ['.pdf'] }
    const first = await create(server, { ...file, ...limits }, there)
    assert.deepEqual([first.field.isMultiFileAllowed, first.field.maxFileLimit], [true, 2])
    assert.equal(first.field.position, 50)
    const second = await create(server, { ...file, name: 'More files' }, there)
    assert.equal(second.field.position, 100)
  })

  test('201: a key of another name is numbered; one that was sent has the model before it', async () => {
    const keys = []
    for (const body of [{ name: 'Wish' }, { name: 'wish' }, { name: 'X', fieldKey: 'my Key' }]) {
      keys.push((await create(server, { ...body, dataType: 'TEXT' })).field.fieldKey)
    }
    assert.deepEqual(keys, ['contact.wish', 'contact.wish_1', 'contact.my_key'])
  })

  test('201: a folder, and a field in it; 400: its name again, one of the other model', async () => {
    const folder = { documentType: 'folder', model: 'contact', name: 'Drawer' }
    const made = await create(server, folder)
    const dateAdded = server.now.toISOString()
    const row = { id: made.id, model: 'contact', name: 'Drawer', placeholder: '', position: 100 }
    const rest = { documentType: 'folder', locationId, dateAdded, standard: false, scopes: [] }
    assert.equal(made.text, JSON.stringify({ customFieldFolder: { ...row, ...rest } }))
    const again = await create(server, folder)
    const meta = { existingId: made.id }
    const exists = { statusCode: 400, message: 'Folder already exists', meta }
    assert.deepEqual([again.status, again.text], [400, JSON.stringify(exists)])
    const field = { name: 'In the drawer', dataType: 'TEXT', parentId: made.id }
    assert.equal((await create(server, field)).field.parentId, made.id)
    const apart = await create(server, { ...field, model: 'opportunity' })
    assert.equal(apart.status, 400)
    assert.equal(apart.body.message, `Folder with id ${made.id} not found`)
  })

  test('400: of six creations of one name at once, five, with the id of the first', async () => {
    const body = { name: 'At once', dataType: 'TEXT' }
    const answers = await Promise.all(Array.from({ length: 6 }, () => create(server, body)))
    const [made, ...more] = answers.filter(({ status }) => status === 201)
    assert.ok(made && more.length === 0)
    const refusal = {
      statusCode: 400,
      message: 'Custom field already exists',
      meta: { existingId: made.id },
    }
    const refused = answers.filter(({ text }) => text === JSON.stringify(refusal))
    assert.equal(refused.length, 5)
    assert.equal((await create(server, { ...body, model: 'opportunity' })).status, 201)
  })

  test('400: what a type needs and was not sent, and options that are objects', async () => {
    const cases: [object, string][] = [
      [{ dataType: 'URL' }, 'urlValidation is required'],
      [{ dataType: 'CHECKBOX' }, 'options is required'],
      [{ dataType: 'TEXTBOX_LIST' }, 'textBoxListOptions is required'],
      [{ dataType: 'RADIO', options: [{ label: 'A' }] }, 'v.trim is not a function'],
    ]
    for (const [body, message] of cases) {
      const { status, text } = await create(server, { name: 'Lacking', ...body })
      assert.deepEqual([status, text], [400, badRequest(message)])
    }
  })

  test('422: no name, no type, one that there is not, and what does not belong', async () => {
    const name = 'Wrong'
    const cases: [object, ...string[]][] = [
      [{ dataType: 'TEXT' }, 'name must be a string', 'name should not be empty'],
      [{ name }, 'dataType should not be empty'],
      [{ name, dataType: 'EMAIL' }, notOneOf('dataType', ...dataTypes)],
      [
        { name, dataType: 'TEXT', picklistOptions: ['A'] },
        'property picklistOptions should not exist',
      ],
    ]
    for (const [body, ...messages] of cases) {
      const { status, text } = await create(server, body)
      assert.deepEqual([status, text], [422, unprocessable(...messages)])
    }
  })

  test('403: another location', async () => {
    const address = `/locations/${demo.otherLocation.locationId}/customFields`
    const answer = await server.ask('POST', address, { body: { name: 'X', dataType: 'TEXT' } })
    assert.deepEqual([answer.status, answer.text], [403, otherLocation])
    assert.ok(path.includes(locationId))
  })
})
