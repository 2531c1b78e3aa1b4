import { randomUUID } from 'node:crypto'
import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Queryable } from '../../db/database.ts'
import type { Server } from '../../http/server.ts'
import { newId } from '../../ids.ts'
import { fieldKeyFrom } from '../../resource/field-key.ts'
import { operation, ownOperation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { notFound } from '../../resource/refusals.ts'
import {
  CreateFieldBody,
  FieldAnswer,
  FieldDeletedAnswer,
  FieldParams,
  FieldsAnswer,
  FieldsParams,
  FoundFieldsAnswer,
  ListFieldsQuery,
  SearchFieldsQuery,
  UpdateFieldBody,
} from './definition-shapes.ts'
import {
  dataTypeMissing,
  documentExists,
  folderNotFound,
  isRequired,
  optionsNotTexts,
} from './errors.ts'
import {
  changeDocument,
  countDocuments,
  type Document,
  type DocumentValues,
  findDocument,
  findDocuments,
  findFreeKey,
  findNamed,
  insertDocument,
  type NamedDocument,
  removeDocument,
} from './statements.ts'

/** UPSTREAM: Scopes.md; the contract has none at the addresses of one field. */
const readScope = 'locations/customFields.readonly'
const writeScope = 'locations/customFields.write'

const fieldNotFound = () => notFound('Custom field')

/** UPSTREAM: behaviour-contacts.md §6.1: fields of both models, unless one is named. */
export function listFields(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /locations/:locationId/customFields',
    { params: FieldsParams, query: ListFieldsQuery, answer: FieldsAnswer },
    async ({ locationId, query: { model = 'all' } }) => {
      const filter = { documentType: 'field', model: modelOf(model) } as const
      const found = await findDocuments(db, locationId, filter)
      return { customFields: found.map((document) => fieldOf(locationId, document)) }
    },
  )
}

/** UPSTREAM: behaviour-contacts.md §6.1, of an address that the contract does not have. */
export function searchFields(app: Server, { db }: AppContext): void {
  ownOperation(
    app,
    'GET /locations/:locationId/customFields/search',
    {
      operationId: 'search-custom-fields',
      summary: 'Search Custom Fields',
      description: 'Finds custom fields, or their folders.',
      tags: ['Custom Field'],
      scope: readScope,
      params: FieldsParams,
      query: SearchFieldsQuery,
      answer: FoundFieldsAnswer,
    },
    async ({ locationId, query: { model = 'all', documentType = 'field', ...query } }) => {
      const { parentId, query: namePart, skip = 0, limit = 100 } = query
      const filter = { documentType, model: modelOf(model), parentId, namePart }
      const [found, totalItems] = await Promise.all([
        findDocuments(db, locationId, filter, { skip, limit }),
        countDocuments(db, locationId, filter),
      ])
      if (documentType === 'folder') {
        return { customFieldFolders: found.map((one) => folderOf(locationId, one)), totalItems }
      }
      return { customFields: found.map((one) => fieldOf(locationId, one)), totalItems }
    },
  )
}

export function getField(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /locations/:locationId/customFields/:id',
    { scope: readScope, params: FieldParams, answer: FieldAnswer, refuses: [fieldNotFound] },
    async ({ locationId, params }) =>
      answerOf(locationId, await findDocument(db, locationId, params.id)),
  )
}

export function createField(app: Server, { db, now }: AppContext): void {
  operation(
    app,
    'POST /locations/:locationId/customFields',
    { params: FieldsParams, body: CreateFieldBody, answer: FieldAnswer },
    async ({ locationId, body }) => {
      const documentType = body.documentType ?? 'field'
      const { name, dataType = null, model } = { ...body, model: body.model ?? 'contact' }
      const named = { model, documentType, name }
      const isField = documentType === 'field'
      if (isField) checkField(body)
      const base = `${model}.${fieldKeyFrom(body.fieldKey?.replace(`${model}.`, '') || name)}`
      const values = valuesOf(body)
      return settleRaces(async () => {
        await checkPlace(db, locationId, named, values.parentId)
        const fieldKey = isField ? await findFreeKey(db, locationId, base) : null
        const type = isField ? dataType : null
        const document = { ...values, ...named, id: newId(), fieldKey, dataType: type }
        return answerOf(locationId, await insertDocument(db, locationId, document, now()))
      })
    },
  )
}

/** DEVIATION: the type and the model of a field stay; a `model` is taken and has no effect. */
export function updateField(app: Server, { db, now }: AppContext): void {
  operation(
    app,
    'PUT /locations/:locationId/customFields/:id',
    {
      scope: writeScope,
      params: FieldParams,
      body: UpdateFieldBody,
      answer: FieldAnswer,
      refuses: [fieldNotFound],
    },
    async ({ locationId, params: { id }, body }) => {
      const values = valuesOf(body)
      return settleRaces(async () => {
        const stored = await findDocument(db, locationId, id)
        if (!stored) throw fieldNotFound()
        const named = { ...stored, name: values.name ?? stored.name }
        await checkPlace(db, locationId, named, values.parentId, id)
        return answerOf(locationId, await changeDocument(db, locationId, id, values, now()))
      })
    },
  )
}

/** DEVIATION: records keep the values of a deleted field; a folder's fields stay without one. */
export function deleteField(app: Server, { db }: AppContext): void {
  operation(
    app,
    'DELETE /locations/:locationId/customFields/:id',
    {
      scope: writeScope,
      params: FieldParams,
      answer: FieldDeletedAnswer,
      refuses: [fieldNotFound],
    },
    async ({ locationId, params }) => {
      if (!(await removeDocument(db, locationId, params.id))) throw fieldNotFound()
      return { succeded: true }
    },
  )
}

const modelOf = (model: 'contact' | 'opportunity' | 'all') => (model === 'all' ? undefined : model)

/** Refuses a field that lacks what its type needs. UPSTREAM: behaviour-contacts.md §6.2 */
function checkField(body: Static<typeof CreateFieldBody>): void {
  const { dataType, options, textBoxListOptions, urlValidation } = body
  if (!dataType) throw dataTypeMissing()
  if (dataType === 'URL' && !urlValidation) throw isRequired('urlValidation')
  if (dataType === 'CHECKBOX' && !options?.length) throw isRequired('options')
  if (dataType === 'TEXTBOX_LIST' && !textBoxListOptions?.length) {
    throw isRequired('textBoxListOptions')
  }
}

/** Refuses a name that another has, and a folder that is not there. */
async function checkPlace(
  db: Queryable,
  locationId: string,
  named: NamedDocument,
  parentId: string | null,
  ownId?: string,
): Promise<void> {
  const [existingId, folder] = await Promise.all([
    findNamed(db, locationId, named),
    parentId ? findDocument(db, locationId, parentId) : undefined,
  ])
  if (existingId && existingId !== ownId) throw documentExists(named.documentType, existingId)
  if (!parentId) return
  const isFolder = folder?.documentType === 'folder' && folder.model === named.model
  if (!isFolder || folder.id === ownId) throw folderNotFound(parentId)
}

/** The values of a body as they are stored. UPSTREAM: behaviour-contacts.md §6.2 */
function valuesOf(body: Static<typeof UpdateFieldBody>): DocumentValues {
  const { name = null, placeholder = null, parentId = null, position = null } = body
  const { acceptedFormat, isMultipleFile, maxNumberOfFiles, isAllowedCustomOption } = body
  const { description, urlValidation } = body
  const kept = { acceptedFormat, isMultipleFile, maxNumberOfFiles, isAllowedCustomOption }
  const settings = Object.entries({ ...kept, description, urlValidation })
  return {
    name,
    placeholder,
    parentId,
    position,
    options: optionsOf(body),
    settings: Object.fromEntries(settings.filter(([, value]) => (value ?? null) !== null)),
  }
}

function optionsOf({ options, textBoxListOptions }: Static<typeof UpdateFieldBody>) {
  if (textBoxListOptions) {
    return textBoxListOptions.map(({ id, label, prefillValue }) => ({
      id: id || randomUUID(),
      label: label ?? '',
      prefillValue: prefillValue ?? '',
    }))
  }
  if (!options) return null
  const texts = options.filter((option) => typeof option === 'string')
  if (texts.length < options.length) throw optionsNotTexts()
  return [...new Set(texts.map((option) => option.trim()).filter((option) => option !== ''))]
}

/** A document as it is answered, or the refusal of one that is not there. */
function answerOf(locationId: string, document: Document | undefined): Static<typeof FieldAnswer> {
  if (!document) throw fieldNotFound()
  if (document.documentType === 'field') return { customField: fieldOf(locationId, document) }
  return { customFieldFolder: folderOf(locationId, document) }
}

/** UPSTREAM: behaviour-contacts.md §6.2 for the members and their order. */
function fieldOf(locationId: string, document: Document) {
  const { settings, options, parentId, ...stored } = document
  return {
    ...(stored as Field),
    ...(parentId && { parentId }),
    locationId,
    standard: false,
    ...(options.length > 0 && { picklistOptions: options }),
    ...optionalSettings(settings),
  }
}

type Field = NonNullable<Static<typeof FieldAnswer>['customField']>

function optionalSettings(settings: Document['settings']) {
  const { isAllowedCustomOption, isMultipleFile, maxNumberOfFiles } = settings
  return {
    ...(isAllowedCustomOption !== undefined && { isAllowedCustomOption }),
    ...(isMultipleFile !== undefined && { isMultiFileAllowed: isMultipleFile }),
    ...(maxNumberOfFiles !== undefined && { maxFileLimit: maxNumberOfFiles }),
  }
}

/** UPSTREAM: behaviour-contacts.md §6.2 */
function folderOf(locationId: string, document: Document) {
  const { id, model, name, placeholder, position, dateAdded } = document
  return {
    id,
    model,
    name,
    placeholder,
    position,
    documentType: 'folder' as const,
    locationId,
    dateAdded,
    standard: false,
    scopes: [],
  }
}
