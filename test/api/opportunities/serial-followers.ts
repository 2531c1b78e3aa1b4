/** One change of an opportunity's followers, as its event tells it. */
export type FollowersCall = {
  followers: string[]
  followersAdded: string[]
  followersRemoved: string[]
}

/** The list after a change, or undefined when the change cannot have been made to this list. */
function applyChange(
  list: readonly string[],
  change: FollowersCall,
): readonly string[] | undefined {
  const { followersAdded: added, followersRemoved: removed } = change
  if (added.some((id) => list.includes(id))) return undefined
  if (!areEqual(removed, onlyIn(list, removed))) return undefined
  const next = [...list.filter((id) => !removed.includes(id)), ...added]
  return areEqual(next, change.followers) ? next : undefined
}

export function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}

/** Those of the list that are among `ids`, in the order of the list. */
export function onlyIn(list: readonly string[], ids: readonly string[]): string[] {
  return list.filter((id) => ids.includes(id))
}

/**
 * An order of all changes in which each follows from the one before, starting from `first`;
 * undefined when there is none, which is a lost or a torn effect.
 */
export function findSerialOrder(
  first: readonly string[],
  changes: readonly FollowersCall[],
): FollowersCall[] | undefined {
  // The list is what the last change left, so which changes are left and which was last is all
  // that a dead end depends on.
  const deadEnds = new Set<string>()
  const order: number[] = []
  function go(list: readonly string[]): boolean {
    if (order.length === changes.length) return true
    const key = `${[...order].sort((a, b) => a - b)}/${order.at(-1)}`
    if (deadEnds.has(key)) return false
    for (const [i, change] of changes.entries()) {
      const next = order.includes(i) ? undefined : applyChange(list, change)
      if (!next) continue
      order.push(i)
      if (go(next)) return true
      order.pop()
    }
    deadEnds.add(key)
    return false
  }
  return go(first) ? order.flatMap((i) => changes[i] ?? []) : undefined
}
