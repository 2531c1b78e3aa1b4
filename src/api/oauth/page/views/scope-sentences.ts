import { isScope, type Scope } from '../../../../auth/scopes.ts'

/** What each scope lets an app do, for people. "It may …" */
const scopeSentences: Record<Scope, string> = {
  'opportunities.readonly': 'See your opportunities and pipelines',
  'opportunities.write': 'Add, change and delete opportunities, and choose who follows them',
  'pipelines.create': 'Add pipelines and their stages',
  'pipelines.write': 'Change and delete pipelines and their stages',
  'contacts.readonly': 'See your contacts, with their notes and tasks',
  'contacts.write': 'Add, change and delete contacts, with their notes and tasks',
  'locations.readonly': 'See the details and settings of your locations',
  'locations.write': 'Add, change and delete locations',
  'locations/customFields.readonly': 'See your custom fields',
  'locations/customFields.write': 'Add, change and delete custom fields',
  'locations/customValues.readonly': 'See your custom values',
  'locations/customValues.write': 'Add, change and delete custom values',
  'locations/tags.readonly': 'See your tags',
  'locations/tags.write': 'Add, change and delete tags',
  'locations/tasks.readonly': 'See the tasks of your locations',
  'users.readonly': 'See who your users are and what they may do',
  'users.write': 'Add, change and delete users, and decide what they may do',
  'businesses.readonly': 'See the businesses your contacts belong to',
  'businesses.write': 'Add, change and delete businesses',
  'associations.readonly': 'See which kinds of relations your records can have',
  'associations.write': 'Add, change and delete kinds of relations',
  'associations/relation.readonly': 'See how your records are related',
  'associations/relation.write': 'Relate records to each other, and undo it',
  'objects/schema.readonly': 'See how your custom objects are built',
  'objects/schema.write': 'Add custom objects and change how they are built',
  'objects/record.readonly': 'See the records of your custom objects',
  'objects/record.write': 'Add, change and delete records of your custom objects',
  'calendars.readonly': 'See your calendars',
  'calendars.write': 'Add, change and delete calendars',
  'calendars/events.readonly': 'See your appointments',
  'calendars/events.write': 'Book, change and cancel appointments',
  'oauth.readonly': 'See in which of your locations it is installed',
  'oauth.write': 'Act in each location that you install it in',
  'companies.readonly': 'See the details of your agency',
}

/** A scope in plain words; one that is not ours keeps its name. */
export function scopeSentence(scope: string): string {
  return isScope(scope) ? scopeSentences[scope] : `Use “${scope}”`
}
