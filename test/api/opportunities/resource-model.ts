import { demo } from '../../../src/demo/ids.ts'

/** A small model of the resource: what an opportunity is, and what each operation makes of it. */
export type Known = {
  id: string
  name: string
  contactId: string
  pipelineId: string
  pipelineStageId: string
  status: string
  lostReasonId: string | null
  monetaryValue: number
  assignedTo: string | null
  source: string | null
  customFields: { id: string; fieldValue: unknown }[]
  followers: string[]
  forecastExpectedCloseDate: string | null
  forecastOriginalCloseDate: string | null
  forecastSlippageCount: number
  forecastDaysSlipped: number
  forecastProbability: number | null
  indexVersion: number
}

/** What a body may say; what a client leaves out is undefined. */
export type Said = {
  name?: string | undefined
  pipelineId?: string | undefined
  pipelineStageId?: string | undefined
  status?: string | undefined
  lostReasonId?: string | undefined
  monetaryValue?: number | undefined
  assignedTo?: string | undefined
  source?: string | undefined
  customFields?: { id: string; value: unknown }[] | undefined
  forecastExpectedCloseDate?: string | undefined
  forecastProbability?: number | undefined
  followers?: string[] | undefined
  isRemoveAllFollowers?: boolean | undefined
  followersActionType?: 'add' | 'remove' | undefined
}

/** What an operation does: the row as it then is, and the events; or how it is refused. */
export type Outcome =
  | { known: Known; events: string[] }
  | { refused: 400 | 404 | 422; existingId?: string }

export type World = {
  all: Map<string, Known>
  stagesOf: ReadonlyMap<string, readonly string[]>
  contactNames: ReadonlyMap<string, string>
}

const isUser = (id: string) => (demo.userIds as readonly string[]).includes(id)
const isReason = (id: string) => Object.values<string>(demo.lostReasonIds).includes(id)

/** What a contact has in a pipeline. */
export function placeOf({ all }: World, contactId: string, pipelineId: string): Known | undefined {
  return [...all.values()].find((o) => o.contactId === contactId && o.pipelineId === pipelineId)
}

function merged(known: Known['customFields'], said: Said['customFields'] = []) {
  const values = new Map(known.map(({ id, fieldValue }) => [id, fieldValue]))
  for (const { id, value } of said) values.set(id, value)
  return [...values].map(([id, fieldValue]) => ({ id, fieldValue }))
}

/** The followers after an upsert. */
function followersAfter(known: readonly string[], said: Said): string[] {
  const staying = said.isRemoveAllFollowers ? [] : known
  const named = [...new Set(said.followers ?? [])]
  return said.followersActionType === 'remove'
    ? staying.filter((id) => !named.includes(id))
    : [...staying, ...named.filter((id) => !staying.includes(id))]
}

const strangersIn = (known: readonly string[], { followers = [], followersActionType }: Said) =>
  followersActionType === 'remove'
    ? []
    : followers.filter((id) => !known.includes(id) && !isUser(id))

/** Whether the reason for having lost can stand beside the status. */
function isReasonWrong(said: Said, status: string, known: string | null): boolean {
  const { lostReasonId } = said
  if (!lostReasonId) return false
  return status !== 'lost' || (lostReasonId !== known && !isReason(lostReasonId))
}

const dayMs = 86_400_000

export function created(world: World, contactId: string, said: Said, isUpsert: boolean): Outcome {
  const { pipelineId = '', pipelineStageId, status = 'open', assignedTo } = said
  const stages = world.stagesOf.get(pipelineId) ?? []
  if (isReasonWrong(said, status, null)) return { refused: 422 }
  const strangers = strangersIn([], said)
  if ((assignedTo && !isUser(assignedTo)) || strangers.length > 0) return { refused: 422 }
  const there = placeOf(world, contactId, pipelineId)
  if (there) return { refused: 400, existingId: there.id }
  const followers = followersAfter([], said)
  const close = said.forecastExpectedCloseDate || null
  const isStage = pipelineStageId !== undefined && stages.includes(pipelineStageId)
  const known = {
    id: '',
    name: said.name ?? world.contactNames.get(contactId) ?? '',
    contactId,
    pipelineId,
    pipelineStageId: isStage ? pipelineStageId : (stages[0] ?? ''),
    status,
    lostReasonId: said.lostReasonId || null,
    monetaryValue: said.monetaryValue ?? 0,
    assignedTo: assignedTo || null,
    source: said.source ?? null,
    customFields: merged([], said.customFields),
    followers,
    forecastExpectedCloseDate: close,
    forecastOriginalCloseDate: close,
    forecastSlippageCount: 0,
    forecastDaysSlipped: 0,
    forecastProbability: said.forecastProbability ?? null,
    indexVersion: 1,
  }
  const followed = isUpsert && followers.length > 0 ? ['OpportunityFollowersUpdate'] : []
  return { known, events: ['OpportunityCreate', 'OpportunityUpdate', ...followed] }
}

/** Where a change leads; undefined when the pipeline has no such stage. */
function stageAfter(world: World, known: Known, said: Said): string | undefined {
  const { pipelineId = known.pipelineId, pipelineStageId: wanted } = said
  const stages = world.stagesOf.get(pipelineId) ?? []
  if (wanted && stages.includes(wanted)) return wanted
  if (pipelineId !== known.pipelineId) return stages[0]
  return wanted ? undefined : known.pipelineStageId
}

export function changed(world: World, known: Known, said: Said): Outcome {
  const pipelineStageId = stageAfter(world, known, said)
  if (pipelineStageId === undefined) return { refused: 400 }
  const status = said.status ?? known.status
  if (isReasonWrong(said, status, known.lostReasonId)) return { refused: 422 }
  const pipelineId = said.pipelineId ?? known.pipelineId
  const there = placeOf(world, known.contactId, pipelineId)
  if (there && there.id !== known.id) return { refused: 400, existingId: there.id }
  const { assignedTo = known.assignedTo ?? '' } = said
  const isStranger = assignedTo !== '' && assignedTo !== known.assignedTo && !isUser(assignedTo)
  if (isStranger || strangersIn(known.followers, said).length > 0) return { refused: 422 }
  const { forecastExpectedCloseDate: day = known.forecastExpectedCloseDate ?? '' } = said
  const before = known.forecastExpectedCloseDate
  const slipped = before && day > before ? (Date.parse(day) - Date.parse(before)) / dayMs : 0
  const after = {
    ...known,
    name: said.name ?? known.name,
    pipelineId,
    pipelineStageId,
    status,
    lostReasonId: status === 'lost' ? (said.lostReasonId ?? known.lostReasonId) || null : null,
    monetaryValue: said.monetaryValue ?? known.monetaryValue,
    assignedTo: assignedTo || null,
    source: said.source ?? known.source,
    customFields: merged(known.customFields, said.customFields),
    followers: followersAfter(known.followers, said),
    forecastExpectedCloseDate: day || null,
    forecastOriginalCloseDate: known.forecastOriginalCloseDate ?? (day || null),
    forecastSlippageCount: known.forecastSlippageCount + (slipped > 0 ? 1 : 0),
    forecastDaysSlipped: known.forecastDaysSlipped + slipped,
    forecastProbability: said.forecastProbability ?? known.forecastProbability,
  }
  return told(known, after)
}

/** What is a change is a version more, and has its events. */
export function told(before: Known, after: Known): Outcome {
  const is = (name: keyof Known) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  const names = Object.keys(after) as (keyof Known)[]
  if (!names.some(is)) return { known: after, events: [] }
  const events = [
    'OpportunityUpdate',
    ...(is('pipelineStageId') ? ['OpportunityStageUpdate'] : []),
    ...(is('status') ? ['OpportunityStatusUpdate'] : []),
    ...(is('monetaryValue') ? ['OpportunityMonetaryValueUpdate'] : []),
    ...(is('assignedTo') ? ['OpportunityAssignedToUpdate'] : []),
    ...(is('followers') ? ['OpportunityFollowersUpdate'] : []),
  ]
  return { known: { ...after, indexVersion: before.indexVersion + 1 }, events }
}
