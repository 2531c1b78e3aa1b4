import { sql } from '../../db/sql.ts'
import { fieldKeyFrom } from '../../resource/field-key.ts'
import { resource } from '../../resource/resource.ts'
import { Text } from '../../resource/words.ts'

const name = Text('Custom Field', undefined, { pattern: '\\S', maxLength: 255 })
/** DEVIATION: a custom value has 65,536 characters at most. */
const value = Text('Value', undefined, { maxLength: 65_536 })

/** UPSTREAM: Scopes.md; the contract has none at the addresses of one value. */
const scopes = {
  read: 'locations/customValues.readonly',
  write: 'locations/customValues.write',
} as const

/** DEVIATION: two custom values may have one name, and so one key. */
export const customValues = resource({
  table: sql`custom_values`,
  noun: 'Custom value',
  id: { param: 'id', shape: Text('rWQ709Pb62syqGLceg1x', 'Custom Value Id') },
  fields: {
    name: { column: sql`name`, answer: name, create: name, update: name },
    fieldKey: {
      column: sql`field_key`,
      answer: Text('{{ custom_values.custom_field }}'),
      // UPSTREAM: behaviour-contacts.md §7: a new name leaves it.
      createFrom: (body) => `{{ custom_values.${fieldKeyFrom(String(body.name))} }}`,
    },
    value: { column: sql`value`, answer: value, create: value, update: value },
  },
  deletion: 'hard',
  hidesTimes: true,
  envelope: 'customValue',
  scopes,
  operations: {
    list: { address: 'GET /locations/:locationId/customValues', rows: 'customValues' },
    get: { address: 'GET /locations/:locationId/customValues/:id' },
    create: { address: 'POST /locations/:locationId/customValues' },
    update: { address: 'PUT /locations/:locationId/customValues/:id' },
    delete: { address: 'DELETE /locations/:locationId/customValues/:id', flag: 'succeded' },
  },
})
