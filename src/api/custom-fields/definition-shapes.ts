import { Type } from 'typebox'
import { Answer, Named, Query, Strict } from '../../http/shapes.ts'
import {
  Flag,
  MaybeText,
  Numeric,
  OneOf,
  Optional,
  OptionalOneOf,
  OptionalText,
  SkipAndLimit,
  Text,
} from '../../resource/words.ts'

/** UPSTREAM: behaviour-contacts.md §6.2; there is no EMAIL. */
export const dataTypes = [
  'TEXT',
  'LARGE_TEXT',
  'NUMERICAL',
  'PHONE',
  'MONETORY',
  'CHECKBOX',
  'SINGLE_OPTIONS',
  'MULTIPLE_OPTIONS',
  'DATE',
  'TEXTBOX_LIST',
  'FILE_UPLOAD',
  'RADIO',
  'SIGNATURE',
  'FLOAT',
  'TIME',
  'URL',
] as const

export const models = ['contact', 'opportunity'] as const

const nameCharsMax = 255
const optionsMax = 1_000
const positionMax = 1_000_000_000

const locationId = Text('ve9EPM428h8vShlRW1KT', 'Location Id')
const id = Text('3sv6UEo51C9Bmpo1cKTq', 'Custom Field Id')

export const FieldsParams = Type.Object({ locationId })
export const FieldParams = Type.Object({ locationId, id })

const model = { description: 'Model of the custom field', examples: ['contact'] }

/** UPSTREAM: behaviour-contacts.md §6.1: a `locationId` is refused here. */
export const ListFieldsQuery = Strict({
  model: Type.Optional(OneOf(['contact', 'opportunity', 'all'], { examples: ['opportunity'] })),
})

const nameRules = { pattern: '\\S', maxLength: nameCharsMax }
const Name = Text('Custom Field', undefined, nameRules)
const NewName = Text('Preferred day', undefined, nameRules)

/** Options are of any kind here, since the refusal of objects is recorded. */
const changeable = {
  placeholder: OptionalText('Placeholder Text'),
  acceptedFormat: Optional(
    Type.Array(Type.String(), { maxItems: 100, examples: [['.pdf', '.docx', '.jpeg']] }),
  ),
  isMultipleFile: Optional(Flag(false)),
  maxNumberOfFiles: Optional(Numeric(2)),
  textBoxListOptions: Optional(
    Type.Array(
      Strict({
        label: OptionalText('First'),
        prefillValue: OptionalText(''),
        id: OptionalText('b1f4c0de-6a27-4e93-9d58-3c7e2f8a1b06'),
      }),
      { maxItems: optionsMax },
    ),
  ),
  position: Optional(Type.Integer({ default: 0, minimum: 0, maximum: positionMax, examples: [0] })),
  model: OptionalOneOf(models, model),
  options: Optional(Type.Array(Type.Unknown(), { maxItems: optionsMax, examples: [['Web']] })),
  parentId: OptionalText('aWdODOBVOlH1RUFKWQke', 'The folder; an empty text takes it out'),
  description: OptionalText('What they came for'),
  isAllowedCustomOption: Optional(Flag(false)),
  urlValidation: Optional(Type.Object({}, { additionalProperties: true })),
}

/** UPSTREAM: behaviour-contacts.md §6.2, §6.3 for what the contract does not list. */
export const CreateFieldBody = Strict({
  name: Name,
  dataType: OptionalOneOf(dataTypes, { examples: ['TEXT'], description: 'Of a field, required' }),
  ...changeable,
  fieldKey: OptionalText('pincode', 'Made from the name where it is left out'),
  documentType: OptionalOneOf(['field', 'folder'], { examples: ['field'] }),
})

/** UPSTREAM: issue #300: the folder can be sent alone. */
export const UpdateFieldBody = Strict({ name: Optional(NewName), ...changeable })

const CustomField = Named('CustomField', {
  id,
  name: Text('pincode'),
  model: OneOf(models, model),
  fieldKey: Text('contact.pincode'),
  placeholder: Text('Pin code'),
  dataType: OneOf(dataTypes, { examples: ['TEXT'] }),
  position: Numeric(50),
  documentType: OneOf(['field'], { examples: ['field'] }),
  parentId: MaybeText('aWdODOBVOlH1RUFKWQke'),
  locationId,
  dateAdded: Text('2021-08-03T04:55:17.355Z'),
  standard: Flag(false),
  picklistOptions: Type.Optional(
    Type.Array(Type.Unknown(), {
      examples: [['first option']],
      description: 'Texts, or the `id`, `label` and `prefillValue` of each text box',
    }),
  ),
  picklistImageOptions: Type.Optional(Type.Array(Type.String())),
  isAllowedCustomOption: Type.Optional(Flag(false)),
  isMultiFileAllowed: Type.Optional(Flag(true)),
  maxFileLimit: Type.Optional(Numeric(4)),
})

const CustomFieldFolder = Named('CustomFieldFolder', {
  id,
  model: OneOf(models, model),
  name: Text('Folder'),
  placeholder: Text(''),
  position: Numeric(50),
  documentType: OneOf(['folder'], { examples: ['folder'] }),
  locationId,
  dateAdded: Text('2021-08-03T04:55:17.355Z'),
  standard: Flag(false),
  scopes: Type.Array(Type.String()),
})

const successful = { description: 'Successful response' }

export const FieldsAnswer = Answer({ customFields: Type.Array(CustomField) }, successful)

/** One of the two, as the document is a field or a folder. */
export const FieldAnswer = Answer(
  {
    customField: Type.Optional(CustomField),
    customFieldFolder: Type.Optional(CustomFieldFolder),
  },
  successful,
)

export const FieldDeletedAnswer = Answer({ succeded: Flag(true) }, successful)

export const SearchFieldsQuery = Query({
  parentId: MaybeText('aWdODOBVOlH1RUFKWQke'),
  skip: SkipAndLimit.skip,
  limit: SkipAndLimit.limit,
  documentType: Type.Optional(OneOf(['field', 'folder'], { default: 'field' })),
  model: Type.Optional(OneOf(['contact', 'opportunity', 'all'], { default: 'all' })),
  query: MaybeText('pin', 'A part of the name, ignoring case'),
  includeStandards: Type.Optional(Flag(true)),
})

export const FoundFieldsAnswer = Answer(
  {
    customFields: Type.Optional(Type.Array(CustomField)),
    customFieldFolders: Type.Optional(Type.Array(CustomFieldFolder)),
    totalItems: Numeric(1),
  },
  successful,
)
