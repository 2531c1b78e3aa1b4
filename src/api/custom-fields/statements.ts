import type { Queryable } from '../../db/database.ts'
import { nameKey } from '../../db/name-key.ts'
import { allOf, type Sql, sql } from '../../db/sql.ts'
import { limits } from '../../limits.ts'
import { freeKey } from '../../resource/field-key.ts'
import type { Model } from './definitions.ts'

export type DocumentType = 'field' | 'folder'

/** A field or a folder as it is stored. */
export type Document = {
  id: string
  model: Model
  documentType: DocumentType
  name: string
  fieldKey: string | null
  dataType: string | null
  placeholder: string
  parentId: string | null
  options: unknown[]
  settings: {
    isMultipleFile?: boolean
    maxNumberOfFiles?: number
    isAllowedCustomOption?: boolean
  }
  position: number
  dateAdded: string
}

/** What can be changed of it; null stays as it is. */
export type DocumentValues = {
  name: string | null
  placeholder: string | null
  /** An empty text takes it out of its folder. */
  parentId: string | null
  options: readonly unknown[] | null
  settings: object
  position: number | null
}

const columns = sql`f.id, f.model, f.document_type as "documentType", f.name,
  f.field_key as "fieldKey", f.data_type as "dataType", f.placeholder, f.parent_id as "parentId",
  f.options, f.settings, f.position, f.created_at as "dateAdded"`

const isDocument = (locationId: string, id: string) => sql`
  f.location_id = ${locationId} and f.id = ${id}`

export async function findDocument(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<Document | undefined> {
  const [found] = await db.query<Document>(sql`
    select ${columns} from custom_fields f where ${isDocument(locationId, id)}`)
  return found
}

export type DocumentFilter = {
  documentType: DocumentType
  model: Model | undefined
  parentId?: string | undefined
  namePart?: string | undefined
}

/** The `where` of a location's documents; names are compared in the form that names have. */
function filtered(locationId: string, filter: DocumentFilter): Sql {
  const { documentType, model, parentId, namePart } = filter
  return sql`from custom_fields f where ${allOf(
    sql`f.location_id = ${locationId} and f.document_type = ${documentType}`,
    model && sql`f.model = ${model}`,
    parentId && sql`f.parent_id = ${parentId}`,
    namePart && sql`position(${nameKey(namePart)} in lower(f.name)) > 0`,
  )}`
}

export function findDocuments(
  db: Queryable,
  locationId: string,
  filter: DocumentFilter,
  page?: { skip: number; limit: number },
): Promise<Document[]> {
  return db.query<Document>(sql`
    select ${columns} ${filtered(locationId, filter)}
    order by f.position, f.created_at, f.id
    limit ${Math.min(page?.limit ?? Number.POSITIVE_INFINITY, limits.plainRowsMax)}
    offset ${page?.skip ?? 0}`)
}

export async function countDocuments(
  db: Queryable,
  locationId: string,
  filter: DocumentFilter,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    select count(*) as count ${filtered(locationId, filter)}`)
  return row?.count ?? 0
}

export type NamedDocument = { model: Model; documentType: DocumentType; name: string }

/** The document that has this name already. */
export async function findNamed(
  db: Queryable,
  locationId: string,
  { model, documentType, name }: NamedDocument,
): Promise<string | undefined> {
  const [found] = await db.query<{ id: string }>(sql`
    select f.id from custom_fields f
    where f.location_id = ${locationId} and f.model = ${model}
      and f.document_type = ${documentType} and f.name = ${name}`)
  return found?.id
}

/** The key, with a number behind it where another field has it. */
export async function findFreeKey(db: Queryable, locationId: string, key: string): Promise<string> {
  const taken = await db.query<{ key: string }>(sql`
    select f.field_key as key from custom_fields f
    where f.location_id = ${locationId} and starts_with(f.field_key, ${key})`)
  return freeKey(key, new Set(taken.map((row) => row.key)))
}

/** UPSTREAM: behaviour-contacts.md §6.2: 50 for the first, and multiples of it. */
const positionStep = 50

export async function insertDocument(
  db: Queryable,
  locationId: string,
  document: NamedDocument & DocumentValues & Pick<Document, 'id' | 'fieldKey' | 'dataType'>,
  now: Date,
): Promise<Document | undefined> {
  const { model, documentType, position } = document
  const [made] = await db.query<Document>(sql`
    insert into custom_fields as f (location_id, id, model, document_type, name, field_key,
      data_type, placeholder, parent_id, options, settings, position, created_at, updated_at)
    values (${locationId}, ${document.id}, ${model}, ${documentType}, ${document.name},
      ${document.fieldKey}, ${document.dataType}, ${document.placeholder ?? ''},
      ${document.parentId || null}, ${JSON.stringify(document.options ?? [])},
      ${JSON.stringify(document.settings)},
      coalesce(${position}::int, (
        select least(coalesce(max(o.position), 0)::bigint + ${positionStep}, 2000000000)::int
        from custom_fields o
        where o.location_id = ${locationId} and o.model = ${model}
          and o.document_type = ${documentType})),
      ${now}, ${now})
    returning ${columns}`)
  return made
}

export async function changeDocument(
  db: Queryable,
  locationId: string,
  id: string,
  values: DocumentValues,
  now: Date,
): Promise<Document | undefined> {
  const options = values.options && JSON.stringify(values.options)
  const [changed] = await db.query<Document>(sql`
    update custom_fields f
    set name = coalesce(${values.name}, f.name),
      placeholder = coalesce(${values.placeholder}, f.placeholder),
      parent_id = nullif(coalesce(${values.parentId}, f.parent_id), ''),
      options = coalesce(${options}::jsonb, f.options),
      settings = f.settings || ${JSON.stringify(values.settings)}::jsonb,
      position = coalesce(${values.position}::int, f.position), updated_at = ${now}
    where ${isDocument(locationId, id)}
    returning ${columns}`)
  return changed
}

/** Deletes a field, or a folder, whose fields stay without one; false when there is none. */
export async function removeDocument(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<boolean> {
  const removed = await db.query(sql`
    with removed as (
      delete from custom_fields f where ${isDocument(locationId, id)} returning f.id
    ), freed as (
      update custom_fields f set parent_id = null
      where f.location_id = ${locationId} and f.parent_id = ${id}
    )
    select r.id from removed r`)
  return removed.length > 0
}
