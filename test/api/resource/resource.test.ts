import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pino from 'pino'
import { Type } from 'typebox'
import { authenticate } from '../../../src/auth/bearer.ts'
import { openSigningKeys } from '../../../src/auth/signing-keys.ts'
import { type AppContext, productionSettings } from '../../../src/context.ts'
import type { Database } from '../../../src/db/database.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { unlimited } from '../../../src/http/rate-limit/rate-limit.ts'
import { createServer, type Server } from '../../../src/http/server.ts'
import { resource } from '../../../src/resource/resource.ts'
import { openOwnDatabase } from '../../test-database.ts'
import { badRequest } from '../refusals.ts'
import { read } from '../test-server.ts'

const Name = Type.String({ minLength: 1, examples: ['Front door'] })

/** Doors of a location: all that lost reasons do not have. */
const doors = resource({
  table: sql`doors`,
  noun: 'Door',
  id: { param: 'doorId', shape: Type.String({ examples: ['d1'] }) },
  fields: {
    name: { column: sql`name`, answer: Name, create: Name, update: Type.Optional(Name) },
    isOpen: {
      column: sql`is_open`,
      answer: Type.Boolean(),
      update: Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })),
    },
  },
  hasUniqueName: true,
  deletion: 'hard',
  envelope: 'door',
  events: {
    create: [{ type: 'DoorCreate', payload: sql`jsonb_build_object('id', changed.id)` }],
    update: [
      {
        type: 'DoorOpen',
        payload: sql`jsonb_build_object('id', changed.id)`,
        when: sql`changed.is_open`,
      },
    ],
    delete: [{ type: 'DoorDelete', payload: sql`jsonb_build_object('name', changed.name)` }],
  },
  own: { tags: ['Doors'], scope: 'opportunities.write' },
  operations: {
    list: {
      address: {
        own: 'GET /locations/:locationId/doors',
        operationId: 'get-doors',
        summary: 'Doors',
      },
      rows: 'doors',
    },
    get: {
      address: {
        own: 'GET /locations/:locationId/doors/:doorId',
        operationId: 'get-door',
        summary: 'Door',
      },
    },
    create: {
      address: {
        own: 'POST /locations/:locationId/doors',
        operationId: 'create-door',
        summary: 'Create door',
      },
    },
    update: {
      address: {
        own: 'PUT /locations/:locationId/doors/:doorId',
        operationId: 'update-door',
        summary: 'Update door',
      },
    },
    delete: {
      address: {
        own: 'DELETE /locations/:locationId/doors/:doorId',
        operationId: 'delete-door',
        summary: 'Delete door',
      },
      flag: 'succeded',
    },
  },
})

type Workplace = { token: string; path: string }
const ownLocation: Workplace = {
  token: demo.privateIntegrationToken,
  path: `/locations/${demo.locationId}/doors`,
}
const otherLocation: Workplace = {
  token: demo.otherLocation.privateIntegrationToken,
  path: `/locations/${demo.otherLocation.locationId}/doors`,
}
const notFound =
  '{"statusCode":404,"error":"Not Found","message":"Door not found","code":"DOOR_NOT_FOUND"}'

describe('a plain table with an envelope, events and its location in the address', () => {
  let db: Database
  let app: Server
  const now = new Date('2026-03-01T12:00:00.000Z')

  before(async () => {
    db = (await openOwnDatabase()).db
    await db.transaction((tx) =>
      tx.script(`create table doors (location_id text, id text, name text not null,
        name_key text not null, is_open boolean not null default false,
        created_at timestamptz(3) not null, updated_at timestamptz(3) not null,
        primary key (location_id, id));
        create unique index doors_name_key on doors (location_id, name_key)`),
    )
    const log = pino({ level: 'silent' })
    app = createServer(log)
    const keys = await openSigningKeys(db, undefined, now)
    const settings = { ...productionSettings, db, keys, now: () => now }
    const context: AppContext = { ...settings, reactions: [], finish: async () => {} }
    authenticate(app, context, unlimited(log))
    doors(app, context)
    await app.ready()
  })
  after(async () => {
    await app.close()
    await db.close()
  })

  async function ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    door = '',
    body?: object,
    as = ownLocation,
  ) {
    const headers = { authorization: `Bearer ${as.token}`, version: '2021-07-28' }
    const url = `${as.path}${door && `/${door}`}`
    const { statusCode, body: sent } = await app.inject({
      method,
      url,
      headers,
      ...(body && { body }),
    })
    return { status: statusCode, ...read(sent) }
  }
  const createDoor = async (name: string, as = ownLocation): Promise<string> => {
    const { status, text, body } = await ask('POST', '', { name }, as)
    assert.equal(status, 201, text)
    return String((body.door as { id: string }).id)
  }
  const listed = async (as = ownLocation) => {
    const { body } = await ask('GET', '', undefined, as)
    return (body.doors as { name: string }[]).map(({ name }) => name)
  }
  const events = () =>
    db.query<{ type: string; payload: object }>(sql`
      select type, payload from outbox where type like 'Door%' order by id`)

  test('201, 200: made, read, changed and deleted, each with its event', async () => {
    const id = await createDoor('Front')
    const row = {
      id,
      name: 'Front',
      isOpen: false,
      locationId: demo.locationId,
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    }
    assert.equal((await ask('GET', id)).text, JSON.stringify({ door: row }))
    const opened = await ask('PUT', id, { isOpen: true })
    assert.equal(opened.text, JSON.stringify({ door: { ...row, isOpen: true } }))
    // Null is as if it were left out, and what is no longer open tells nothing.
    const renamed = await ask('PUT', id, { name: 'Back', isOpen: null })
    assert.equal(renamed.text, JSON.stringify({ door: { ...row, name: 'Back', isOpen: true } }))
    assert.equal((await ask('PUT', id, { isOpen: false })).status, 200)
    assert.equal((await ask('DELETE', id)).text, '{"succeded":true}')
    assert.deepEqual(await events(), [
      { type: 'DoorCreate', payload: { id } },
      { type: 'DoorOpen', payload: { id } },
      { type: 'DoorOpen', payload: { id } },
      { type: 'DoorDelete', payload: { name: 'Back' } },
    ])
    assert.deepEqual(
      await db.query(sql`select id from doors where location_id = ${demo.locationId}`),
      [],
    )
  })

  test('200: a list has all of the location, in the order of creation, and no total', async () => {
    for (const name of ['One', 'Two', 'Three']) await createDoor(name)
    await createDoor('Elsewhere', otherLocation)
    assert.deepEqual(await listed(), ['One', 'Two', 'Three'])
    assert.deepEqual(Object.keys((await ask('GET')).body), ['doors'])
    assert.deepEqual(await listed(otherLocation), ['Elsewhere'])
  })

  test('400: a name is taken in its location alone, whatever its case; nothing is told', async () => {
    const id = await createDoor('Gate')
    const before = await events()
    assert.equal(
      (await ask('POST', '', { name: 'GATE' })).text,
      badRequest('A door with this name already exists.'),
    )
    const other = await createDoor('Side')
    assert.equal((await ask('PUT', other, { name: 'gate' })).status, 400)
    assert.equal((await ask('PUT', id, { name: 'gATE' })).status, 200)
    assert.equal((await events()).length, before.length + 1)
    await createDoor('Gate', otherLocation)
  })

  test('403 and 404: what is of another location, or of none', async () => {
    const id = await createDoor('Cellar')
    assert.equal(
      (await ask('GET', id, undefined, { ...otherLocation, path: ownLocation.path })).status,
      403,
    )
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const body = method === 'PUT' ? { name: 'X' } : undefined
      assert.equal((await ask(method, id, body, otherLocation)).text, notFound)
      assert.equal((await ask(method, 'nobody', body)).text, notFound)
    }
    assert.equal((await ask('GET', id)).status, 200)
  })

  test('422: members that a body does not have, and a name that is none', async () => {
    const { status, body } = await ask('POST', '', { name: '', isOpen: true })
    assert.equal(status, 422)
    assert.deepEqual(body.message, ['property isOpen should not exist', 'name should not be empty'])
  })
})
