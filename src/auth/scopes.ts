/** The scopes that an operation may ask for. UPSTREAM: behaviour.md §6.7 */
export const scopes = [
  'opportunities.readonly',
  'opportunities.write',
  'pipelines.create',
  'pipelines.write',
  'contacts.readonly',
  'contacts.write',
  'locations.readonly',
  'locations.write',
  'locations/customFields.readonly',
  'locations/customFields.write',
  'locations/customValues.readonly',
  'locations/customValues.write',
  'locations/tags.readonly',
  'locations/tags.write',
  'locations/tasks.readonly',
  'users.readonly',
  'users.write',
  'businesses.readonly',
  'businesses.write',
  'associations.readonly',
  'associations.write',
  'associations/relation.readonly',
  'associations/relation.write',
  'objects/schema.readonly',
  'objects/schema.write',
  'objects/record.readonly',
  'objects/record.write',
  'calendars.readonly',
  'calendars.write',
  'calendars/events.readonly',
  'calendars/events.write',
  'oauth.readonly',
  'oauth.write',
  'companies.readonly',
] as const

export type Scope = (typeof scopes)[number]

export function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text)
}
