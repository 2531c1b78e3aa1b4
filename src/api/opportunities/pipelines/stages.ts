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
 * The stages that a list asks for, in their order: those with an id are stages that the pipeline
 * has, and what is not said of one stays as it is. Throws when the list contradicts itself, or
 * names a stage that the pipeline does not have.
 */
export function arrange(
  wanted: readonly Static<typeof StageInput>[],
  current: readonly Stage[],
): Stage[] {
  const colorless = wanted.flatMap(({ color }, i) => (color == null || isColor(color) ? [] : [i]))
  if (colorless.length > 0) throw colorsInvalid(colorless)
  const names = new Set(wanted.map(({ name }) => nameKey(name)))
  if (names.size < wanted.length) throw stageNamesTaken()
  const kept = new Map(current.map((stage) => [stage.id, stage]))
  const inOrder = wanted
    .map((stage, i) => ({ ...stage, position: stage.position ?? i }))
    .sort((a, b) => a.position - b.position)
  const isSpread = wanted.some(({ stageWinProbability }) => stageWinProbability == null)
  let next = 0
  return inOrder.map(({ id, name, ...stage }, i) => {
    const known = id == null ? undefined : kept.get(id)
    // Taken out, so that a second one of the same id is none.
    if (id != null && !kept.delete(id)) throw stageInvalid()
    // Of several that are sent with one position, each stands after the one before it.
    const position = Math.max(stage.position, next)
    next = position + 1
    return {
      id: known?.id ?? randomUUID(),
      name,
      position,
      showInFunnel: stage.showInFunnel ?? known?.showInFunnel ?? true,
      showInPieChart: stage.showInPieChart ?? known?.showInPieChart ?? true,
      stageWinProbability: isSpread
        ? spread(i, wanted.length)
        : (stage.stageWinProbability ?? spread(i, wanted.length)),
      color: stage.color ?? known?.color ?? null,
    }
  })
}

const isColor = (text: string) => /^#[0-9a-f]{6}$/i.test(text)

/** In percent. UPSTREAM: recorded; of six stages the first has 14.29, the last 85.71. */
function spread(place: number, count: number): number {
  return Math.round((10_000 * (place + 1)) / (count + 1)) / 100
}
