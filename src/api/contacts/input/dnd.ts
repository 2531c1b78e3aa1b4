import { dndNotAuthorized } from '../errors.ts'
import { dndChannels } from '../shapes.ts'
import type { DndSettings } from '../store/row.ts'

const channels: ReadonlyMap<string, string> = new Map(
  Object.entries(dndChannels).map(([channel, v3Name]) => [v3Name, channel]),
)

/** The settings of a body, in the names of v2. */
export function readDndSettings(sent: DndSettings): DndSettings {
  return Object.fromEntries(
    Object.entries(sent)
      .filter(([, setting]) => setting !== undefined)
      .map(([name, setting]) => [channels.get(name) ?? name, setting]),
  )
}

/**
 * The settings after a write: the object is replaced as a whole, and a permanent channel refuses to
 * change. UPSTREAM: behaviour-contacts.md §5. DEVIATION: a permanent channel that is left out stays.
 */
export function replaceDndSettings(stored: DndSettings, sent: DndSettings): DndSettings {
  const permanent = Object.entries(stored).filter(([, setting]) => setting?.status === 'permanent')
  for (const [channel] of permanent) {
    if (sent[channel] && sent[channel].status !== 'permanent') throw dndNotAuthorized(channel)
  }
  return { ...sent, ...Object.fromEntries(permanent) }
}
