import { searchTextOf as contactSearchText } from '../api/contacts/store/search-text.ts'
import { appIdOf, createApp } from '../api/oauth/installs/apps.ts'
import { foldBatch } from '../api/opportunities/store/folding.ts'
import { indexChanges } from '../api/opportunities/store/indexed.ts'
import { contactOf, searchText } from '../api/opportunities/store/search-text.ts'
import { hashPassword } from '../auth/password.ts'
import { createPrivateIntegration } from '../auth/private-integrations.ts'
import { scopes } from '../auth/scopes.ts'
import type { Database, Queryable } from '../db/database.ts'
import { nameKey } from '../db/name-key.ts'
import { sql } from '../db/sql.ts'
import { changeSeveral } from '../events/outbox.ts'
import { fieldKeyFrom } from '../resource/field-key.ts'
import {
  contactFields,
  contactIds,
  customFields,
  customFieldValues,
  customValues,
  lostReasons,
  offers,
  otherPipelines,
  people,
  stageNames,
  users,
} from './cast.ts'
import { demo } from './ids.ts'

const beginMs = Date.parse('2026-01-05T15:00:00.000Z')
const hourMs = 3_600_000
const hoursAfterBegin = (hours: number) => new Date(beginMs + hours * hourMs)
const startTime = hoursAfterBegin(0)

type NewPipeline = {
  id: string
  name: string
  stages: readonly (readonly [id: string, name: string])[]
}

const salesPipeline: NewPipeline = {
  id: demo.pipelineId,
  name: 'Sales pipeline',
  stages: demo.stageIds.map((id, i) => [id, stageNames[i] ?? ''] as const),
}

/** Writes the demo world into an empty database, all of it or nothing. */
export async function createDemoWorld(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(sql`
      insert into companies (id, name, email, website, created_at, updated_at)
      values (${demo.companyId}, 'Groundlevel Demo Agency', 'hello@agency.example',
        'https://agency.example', ${startTime}, ${startTime})`)
    await createLocation(tx, demo.locationId, 'Riverside Marketing', 'America/Chicago')
    for (const [i, [first, last, type, role]] of users.entries()) {
      await createUser(tx, demo.locationId, demo.userIds[i] ?? '', { first, last, type, role })
    }
    // The password is public, so a slow hash would protect nothing.
    const passwordHash = await hashPassword(demo.admin.password, { N: 16, r: 1, p: 1 })
    await tx.query(sql`
      update users set password_hash = ${passwordHash}
      where id = ${demo.admin.id}`)
    for (const [i, pipeline] of [salesPipeline, ...otherPipelines].entries()) {
      await createPipeline(tx, demo.locationId, pipeline, `a${i}`)
    }
    await createContacts(tx)
    await createCustomFields(tx)
    await createCustomValues(tx)
    await createLostReasons(tx)
    await createOpportunities(tx)
    await createOtherLocation(tx)
    await createTokens(tx)
    await createDemoApp(tx)
    for (const { locationId } of [demo, demo.otherLocation]) await foldBatch(tx, locationId)
  })
}

async function createLocation(tx: Queryable, id: string, name: string, timezone: string) {
  const email = `office@${name.split(' ')[0]?.toLowerCase()}.example`
  await tx.query(sql`
    insert into locations (location_id, company_id, name, email, country, timezone,
      created_at, updated_at)
    values (${id}, ${demo.companyId}, ${name}, ${email}, 'US', ${timezone}, ${startTime}, ${startTime})`)
}

async function createUser(
  tx: Queryable,
  locationId: string,
  id: string,
  { first, last, type, role }: Record<'first' | 'last' | 'type' | 'role', string>,
) {
  const email = `${first}.${last}@agency.example`.toLowerCase()
  await tx.query(sql`
    insert into users (id, company_id, first_name, last_name, email, type, role,
      created_at, updated_at)
    values (${id}, ${demo.companyId}, ${first}, ${last}, ${email}, ${type}, ${role},
      ${startTime}, ${startTime})`)
  await tx.query(sql`
    insert into location_users (location_id, user_id, created_at)
    values (${locationId}, ${id}, ${startTime})`)
}

async function createPipeline(
  tx: Queryable,
  locationId: string,
  { id, name, stages }: NewPipeline,
  position: string,
) {
  await tx.query(sql`
    insert into pipelines (location_id, id, name, name_key, position, created_at, updated_at)
    values (${locationId}, ${id}, ${name}, ${nameKey(name)}, ${position}, ${startTime}, ${startTime})`)
  for (const [i, [stageId, stageName]] of stages.entries()) {
    // As if set by hand: unlike a spread by position, the last stage is as good as won.
    const probability = Math.round((10_000 * (i + 1)) / stages.length) / 100
    await tx.query(sql`
      insert into pipeline_stages (location_id, id, pipeline_id, name, position,
        stage_win_probability)
      values (${locationId}, ${stageId}, ${id}, ${stageName}, ${i}, ${probability})`)
  }
}

/** Ids of the demo's rows look as made ones do, and are the same in every sandbox. */
const rowId = (kind: string, i: number) => `0${kind}${String(i).padStart(18, '0')}`
const contactId = (i: number) => (i === 0 ? demo.contactId : (contactIds[i] ?? rowId('c', i)))

async function createContacts(tx: Queryable) {
  const all = [['Jordan', 'Blake', 'Blake & Partners', '555', 'lead'] as const, ...people]
  for (const [i, [first, last, company, area, tags]] of all.entries()) {
    await createContact(tx, demo.locationId, contactId(i), {
      first,
      last,
      company,
      phone: `+1${area}5550${String(100 + i)}`,
      tags: tags.split(','),
      createdAt: hoursAfterBegin(i * 7),
    })
  }
}

async function createContact(
  tx: Queryable,
  locationId: string,
  id: string,
  contact: {
    first: string
    last: string
    company: string
    phone: string
    tags: string[]
    createdAt: Date
  },
) {
  const domain = contact.company.toLowerCase().replace(/[^a-z]+/g, '')
  const mailbox = contact.first
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
  const email = `${mailbox}@${domain}.example`
  const { first, last, phone, company, tags, createdAt } = contact
  const searched = { firstName: first, lastName: last, email, phone, companyName: company, tags }
  await tx.query(sql`
    insert into contacts (location_id, id, first_name, last_name, first_name_key, last_name_key,
      name_key, email, phone, company_name, source, tags, search_text, created_at, updated_at)
    values (${locationId}, ${id}, ${first}, ${last}, ${nameKey(first)}, ${nameKey(last)},
      ${nameKey(`${first} ${last}`)}, ${email}, ${phone}, ${company}, 'public api',
      ${tags}::text[], ${contactSearchText(searched)}, ${createdAt}, ${createdAt})`)
}

async function createCustomFields(tx: Queryable) {
  const opportunityFields = customFields.map((field) => ({ ...field, model: 'opportunity' }))
  const ofContacts = contactFields.map((field, i) => {
    const ids = {
      id: i === 0 ? demo.contactFieldId : rowId('f', i),
      key: fieldKeyFrom(field.name),
      model: 'contact',
    }
    return { ...ids, ...field }
  })
  const folderId = demo.contactFolderId
  await tx.query(sql`
    insert into custom_fields (location_id, id, model, document_type, name, position, created_at,
      updated_at)
    values (${demo.locationId}, ${folderId}, 'contact', 'folder', 'About the business', 50,
      ${startTime}, ${startTime})`)
  for (const [i, field] of [...opportunityFields, ...ofContacts].entries()) {
    const { id, model, key, name, type } = field
    const options = 'options' in field ? field.options : []
    const position = 50 * (1 + i - (model === 'contact' ? opportunityFields.length : 0))
    await tx.query(sql`
      insert into custom_fields (location_id, id, model, name, field_key, data_type, options,
        parent_id, position, created_at, updated_at)
      values (${demo.locationId}, ${id}, ${model}, ${name}, ${`${model}.${key}`}, ${type},
        ${JSON.stringify(options)}, ${model === 'contact' ? folderId : null}, ${position},
        ${startTime}, ${startTime})`)
  }
}

async function createCustomValues(tx: Queryable) {
  for (const [i, [name, value]] of customValues.entries()) {
    // It sorts behind the others, as all are of the same time.
    const id = i === customValues.length - 1 ? demo.customValueId : rowId('v', i)
    const fieldKey = `{{ custom_values.${fieldKeyFrom(name)} }}`
    await tx.query(sql`
      insert into custom_values (location_id, id, name, field_key, value, created_at, updated_at)
      values (${demo.locationId}, ${id}, ${name}, ${fieldKey}, ${value}, ${startTime},
        ${startTime})`)
  }
}

async function createLostReasons(tx: Queryable) {
  for (const { id, name } of lostReasons) {
    await tx.query(sql`
      insert into lost_reasons (location_id, id, name, name_key, created_at, updated_at)
      values (${demo.locationId}, ${id}, ${name}, ${nameKey(name)}, ${startTime}, ${startTime})`)
  }
}

const opportunityIds: Readonly<Record<number, string>> = {
  0: demo.opportunityId,
  1: 'yWQobCRIhRguQtD2llvk',
}

const statuses = ['open', 'open', 'open', 'won', 'open', 'lost', 'open', 'abandoned'] as const

/** Sixty: one in the sales pipeline for each contact but the first, the rest in the others. */
async function createOpportunities(tx: Queryable) {
  const salesCount = people.length
  for (let i = 0; i < 60; i++) {
    const contact = (i % salesCount) + 1
    const pipeline = i < salesCount ? salesPipeline : (otherPipelines[i % 2] ?? salesPipeline)
    const status = statuses[i % statuses.length] ?? 'open'
    const [offer, value] = offers[(i * 5) % offers.length] ?? ['', 0]
    await createOpportunity(tx, demo.locationId, {
      id: opportunityIds[i] ?? rowId('o', i),
      name: `${offer} for ${people[contact - 1]?.[2]}`,
      pipelineId: pipeline.id,
      stageId: pipeline.stages[i % pipeline.stages.length]?.[0] ?? '',
      contactId: contactId(contact),
      status,
      lostReasonId: status === 'lost' ? (lostReasons[i % lostReasons.length]?.id ?? null) : null,
      customFields: customFieldValues(i),
      value: value + (i % 4) * 125,
      assignedTo: i % 3 === 0 ? null : (demo.userIds[i % demo.userIds.length] ?? null),
      followers: i === 0 ? demo.followers : demo.userIds.slice(i % 4, (i % 4) + (i % 3)),
      createdAt: hoursAfterBegin(24 + i * 11),
    })
  }
}

async function createOpportunity(
  tx: Queryable,
  locationId: string,
  o: {
    id: string
    name: string
    pipelineId: string
    stageId: string
    contactId: string
    status: string
    lostReasonId: string | null
    customFields: readonly { id: string; fieldValue: unknown }[]
    value: number
    assignedTo: string | null
    followers: readonly string[]
    createdAt: Date
  },
) {
  const attributions = [{ utmSessionSource: 'CRM UI', isFirst: true, medium: 'manual' }]
  const internalSource = {
    type: 'CREATED',
    id: demo.userIds[0],
    apiVersion: '2021-07-28',
    channel: 'APP',
    source: 'CRM_UI',
  }
  await tx.query(sql`
    insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
      status, lost_reason_id, monetary_value, assigned_to, source, custom_fields, followers,
      attributions, internal_source, last_status_change_at, last_stage_change_at, created_at,
      updated_at, search_text)
    select f.location_id, ${o.id}, ${o.name}, ${o.pipelineId}, ${o.stageId}, f.id, ${o.status},
      ${o.lostReasonId}, ${o.value}::numeric, ${o.assignedTo}, 'form',
      ${JSON.stringify(o.customFields)}::jsonb, ${o.followers}::text[],
      ${JSON.stringify(attributions)}::jsonb, ${JSON.stringify(internalSource)}::jsonb,
      ${o.createdAt}::timestamptz, ${o.createdAt}::timestamptz, ${o.createdAt}::timestamptz,
      ${o.createdAt}::timestamptz,
      ${searchText(sql`${o.name}::text`)}
    ${contactOf(locationId, sql`${o.contactId}`)}`)
  await changeSeveral(tx, {
    locationId,
    now: o.createdAt,
    change: sql`
      select o.* from opportunities o where o.location_id = ${locationId} and o.id = ${o.id}`,
    ...indexChanges(locationId, { after: sql`changed` }),
    events: [],
  })
}

async function createOtherLocation(tx: Queryable) {
  const { locationId, pipelineId, stageIds, opportunityId, userIds } = demo.otherLocation
  await createLocation(tx, locationId, 'Lakeside Clinics', 'Europe/London')
  const names = [
    { first: 'Imogen', last: 'Fairfax', type: 'account', role: 'admin' },
    { first: 'Callum', last: 'Doyle', type: 'account', role: 'user' },
  ]
  for (const [i, user] of names.entries()) await createUser(tx, locationId, userIds[i] ?? '', user)
  const stages = stageIds.map((id, i) => [id, i === 0 ? 'Enquiry' : 'Booked'] as const)
  await createPipeline(tx, locationId, { id: pipelineId, name: 'Patients', stages }, 'a0')
  await createContact(tx, locationId, rowId('p', 1), {
    first: 'Rosalind',
    last: 'Ashby',
    company: 'Ashby Estates',
    phone: '+442079460101',
    tags: ['patient'],
    createdAt: startTime,
  })
  await createOpportunity(tx, locationId, {
    id: opportunityId,
    name: 'Implant consultation',
    pipelineId,
    stageId: stageIds[0],
    contactId: rowId('p', 1),
    status: 'open',
    lostReasonId: null,
    customFields: [],
    value: 3200,
    assignedTo: userIds[0],
    followers: [userIds[1]],
    createdAt: startTime,
  })
}

async function createTokens(tx: Queryable) {
  const integrations = [
    ['Sandbox', demo.locationId, demo.privateIntegrationToken],
    ['Sandbox (agency)', null, demo.agencyPrivateIntegrationToken],
    ['Sandbox (other)', demo.otherLocation.locationId, demo.otherLocation.privateIntegrationToken],
  ] as const
  for (const [i, [name, locationId, token]] of integrations.entries()) {
    const { companyId } = demo
    const integration = { id: rowId('i', i + 1), name, companyId, locationId, scopes, token }
    await createPrivateIntegration(tx, integration, startTime)
  }
}

async function createDemoApp(tx: Queryable) {
  const { clientId, clientSecret, redirectUris } = demo
  const app = {
    name: 'Sandbox app',
    redirectUris,
    scopes,
    target: 'both',
    webhookUrl: null,
    fixedCredentials: { clientId, clientSecret, versionId: appIdOf(clientId) },
  } as const
  await createApp(tx, app, startTime)
}
