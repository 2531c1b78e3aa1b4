import { demo } from '../../../src/demo/ids.ts'

/** A small model of the resource: what an opportunity is, and what each operation makes of it. */
export type ModelRow = {
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
export type ModelInput = {
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
  | { known: ModelRow; events: string[] }
  | { refused: 400 | 404 | 422; existingId?: string }

export type World = {
  all: Map<string, ModelRow>
  stagesOf: ReadonlyMap<string, readonly string[]>
  contactNames: ReadonlyMap<string, string>
}

const isUser = (id: string) => (demo.userIds as readonly string[]).includes(id)
const isReason = (id: string) => Object.values<string>(demo.lostReasonIds).includes(id)

/** What a contact has in a pipeline. */
export function findModelRow(
  { all }: World,
  contactId: string,
  pipelineId: string,
): ModelRow | undefined {
  return [...all.values()].find((o) => o.contactId === contactId && o.pipelineId === pipelineId)
}

function mergeFields(row: ModelRow['customFields'], input: ModelInput['customFields'] = []) {
  const values = new Map(row.map(({ id, fieldValue }) => [id, fieldValue]))
  for (const { id, value } of input) values.set(id, value)
  return [...values].map(([id, fieldValue]) => ({ id, fieldValue }))
}

/** The followers after an upsert. */
function followersAfter(row: readonly string[], input: ModelInput): string[] {
  const staying = input.isRemoveAllFollowers ? [] : row
  const named = [...new Set(input.followers ?? [])]
  return input.followersActionType === 'remove'
    ? staying.filter((id) => !named.includes(id))
    : [...staying, ...named.filter((id) => !staying.includes(id))]
}

const nonMembersIn = (
  row: readonly string[],
  { followers = [], followersActionType }: ModelInput,
) =>
  followersActionType === 'remove' ? [] : followers.filter((id) => !row.includes(id) && !isUser(id))

/** Whether the reason for having lost can stand beside the status. */
function isReasonWrong(input: ModelInput, status: string, row: string | null): boolean {
  const { lostReasonId } = input
  if (!lostReasonId) return false
  return status !== 'lost' || (lostReasonId !== row && !isReason(lostReasonId))
}

const dayMs = 86_400_000

export function modelCreate(
  world: World,
  contactId: string,
  input: ModelInput,
  isUpsert: boolean,
): Outcome {
  const { pipelineId = '', pipelineStageId, status = 'open', assignedTo } = input
  const stages = world.stagesOf.get(pipelineId) ?? []
  if (isReasonWrong(input, status, null)) return { refused: 422 }
  const strangers = nonMembersIn([], input)
  if ((assignedTo && !isUser(assignedTo)) || strangers.length > 0) return { refused: 422 }
  const there = findModelRow(world, contactId, pipelineId)
  if (there) return { refused: 400, existingId: there.id }
  const followers = followersAfter([], input)
  const close = input.forecastExpectedCloseDate || null
  const isStage = pipelineStageId !== undefined && stages.includes(pipelineStageId)
  const row = {
    id: '',
    name: input.name ?? world.contactNames.get(contactId) ?? '',
    contactId,
    pipelineId,
    pipelineStageId: isStage ? pipelineStageId : (stages[0] ?? ''),
    status,
    lostReasonId: input.lostReasonId || null,
    monetaryValue: input.monetaryValue ?? 0,
    assignedTo: assignedTo || null,
    source: input.source ?? null,
    customFields: mergeFields([], input.customFields),
    followers,
    forecastExpectedCloseDate: close,
    forecastOriginalCloseDate: close,
    forecastSlippageCount: 0,
    forecastDaysSlipped: 0,
    forecastProbability: input.forecastProbability ?? null,
    indexVersion: 1,
  }
  const followed = isUpsert && followers.length > 0 ? ['OpportunityFollowersUpdate'] : []
  return { known: row, events: ['OpportunityCreate', 'OpportunityUpdate', ...followed] }
}

/** Where a change leads; undefined when the pipeline has no such stage. */
function stageAfter(world: World, row: ModelRow, input: ModelInput): string | undefined {
  const { pipelineId = row.pipelineId, pipelineStageId: wanted } = input
  const stages = world.stagesOf.get(pipelineId) ?? []
  if (wanted && stages.includes(wanted)) return wanted
  if (pipelineId !== row.pipelineId) return stages[0]
  return wanted ? undefined : row.pipelineStageId
}

export function modelChange(world: World, row: ModelRow, input: ModelInput): Outcome {
  const pipelineStageId = stageAfter(world, row, input)
  if (pipelineStageId === undefined) return { refused: 400 }
  const status = input.status ?? row.status
  if (isReasonWrong(input, status, row.lostReasonId)) return { refused: 422 }
  const pipelineId = input.pipelineId ?? row.pipelineId
  const there = findModelRow(world, row.contactId, pipelineId)
  if (there && there.id !== row.id) return { refused: 400, existingId: there.id }
  const { assignedTo = row.assignedTo ?? '' } = input
  const isStranger = assignedTo !== '' && assignedTo !== row.assignedTo && !isUser(assignedTo)
  if (isStranger || nonMembersIn(row.followers, input).length > 0) return { refused: 422 }
  const { forecastExpectedCloseDate: day = row.forecastExpectedCloseDate ?? '' } = input
  const before = row.forecastExpectedCloseDate
  const slipped = before && day > before ? (Date.parse(day) - Date.parse(before)) / dayMs : 0
  const after = {
    ...row,
    name: input.name ?? row.name,
    pipelineId,
    pipelineStageId,
    status,
    lostReasonId: status === 'lost' ? (input.lostReasonId ?? row.lostReasonId) || null : null,
    monetaryValue: input.monetaryValue ?? row.monetaryValue,
    assignedTo: assignedTo || null,
    source: input.source ?? row.source,
    customFields: mergeFields(row.customFields, input.customFields),
    followers: followersAfter(row.followers, input),
    forecastExpectedCloseDate: day || null,
    forecastOriginalCloseDate: row.forecastOriginalCloseDate ?? (day || null),
    forecastSlippageCount: row.forecastSlippageCount + (slipped > 0 ? 1 : 0),
    forecastDaysSlipped: row.forecastDaysSlipped + slipped,
    forecastProbability: input.forecastProbability ?? row.forecastProbability,
  }
  return eventsOfChange(row, after)
}

/** What is a change is a version more, and has its events. */
export function eventsOfChange(before: ModelRow, after: ModelRow): Outcome {
  const is = (name: keyof ModelRow) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  const names = Object.keys(after) as (keyof ModelRow)[]
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
