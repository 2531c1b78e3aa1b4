import { randomUUID } from 'node:crypto'
import type { Static } from 'typebox'
import { nameKey } from '../../../db/name-key.ts'
import { colorsInvalid, stageInvalid, stageNamesTaken } from './errors.ts'
import type { StageInput } from './shapes.ts'

/** A stage as it is stored. */
export type Stage = {
  id: string
  name: string
  position: number
  showInFunnel: boolean
  showInPieChart: boolean
  stageWinProbability: number
  color: string | null
}

/**
 * The stages that a list asks for, in their order: an id names a stage that the pipeline has, whose
 * omitted members stay as they are. Throws when the list contradicts itself, or
 * names a stage that the pipeline does not have.
 */
export function arrangeStages(
  inputs: readonly Static<typeof StageInput>[],
  current: readonly Stage[],
): Stage[] {
  const invalidColors = inputs.flatMap(({ color }, i) =>
    color == null || isColor(color) ? [] : [i],
  )
  if (invalidColors.length > 0) throw colorsInvalid(invalidColors)
  const names = new Set(inputs.map(({ name }) => nameKey(name)))
  if (names.size < inputs.length) throw stageNamesTaken()
  const kept = new Map(current.map((stage) => [stage.id, stage]))
  const inOrder = inputs
    .map((stage, i) => ({ ...stage, position: stage.position ?? i }))
    .sort((a, b) => a.position - b.position)
  const isSpread = inputs.some(({ stageWinProbability }) => stageWinProbability == null)
  let next = 0
  return inOrder.map(({ id, name, ...stage }, i) => {
    const existing = id == null ? undefined : kept.get(id)
    // Deleted from the map, so that a second stage with the same id is refused.
    if (id != null && !kept.delete(id)) throw stageInvalid()
    // Stages sent with the same position keep the order of the list.
    const position = Math.max(stage.position, next)
    next = position + 1
    return {
      id: existing?.id ?? randomUUID(),
      name,
      position,
      showInFunnel: stage.showInFunnel ?? existing?.showInFunnel ?? true,
      showInPieChart: stage.showInPieChart ?? existing?.showInPieChart ?? true,
      stageWinProbability: isSpread
        ? spreadProbability(i, inputs.length)
        : (stage.stageWinProbability ?? spreadProbability(i, inputs.length)),
      color: stage.color ?? existing?.color ?? null,
    }
  })
}

const isColor = (text: string) => /^#[0-9a-f]{6}$/i.test(text)

/** In percent. UPSTREAM: recorded; of six stages the first has 14.29, the last 85.71. */
function spreadProbability(index: number, count: number): number {
  return Math.round((10_000 * (index + 1)) / (count + 1)) / 100
}
