/** Tags as they are stored. UPSTREAM: behaviour-contacts.md §4.1 */
export function readTags(tags: readonly string[]): string[] {
  const read = tags.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== '')
  return [...new Set(read)]
}
