import { Type } from 'typebox'
import { Named, Strict } from '../../http/shapes.ts'
import { Id, OneOf, Optional, Text } from '../../resource/words.ts'

/** A value as it is stored, and shown with its row. */
export const CustomField = Named('OpportunityCustomField', {
  id: Text('MgobCB14YMVKuE4Ka8p1', 'Unique identifier of the custom field'),
  fieldValue: Type.Unknown({
    examples: ['custom field value'],
    description: 'The value of the custom field',
  }),
})

/** A value in any of the three spellings that clients use. */
export const CustomFieldInput = Strict({
  id: Optional(Id('6dvNaf7VhkQ9snc5vnjJ', 'Pass either `id` or `key` of custom field')),
  key: Optional(Text('my_custom_field', 'Pass either `id` or `key` of custom field')),
  field_value: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
  fieldValue: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
  value: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
})

/** A value as searches show it, by its kind. UPSTREAM: behaviour.md §2.2 */
export const FoundCustomField = Named('FoundCustomField', {
  id: Text('MgobCB14YMVKuE4Ka8p1'),
  type: OneOf(['string', 'number', 'boolean', 'array', 'object'], { examples: ['string'] }),
  fieldValueString: Type.Optional(Text('custom field value')),
  fieldValueNumber: Type.Optional(Type.Number()),
  fieldValueBoolean: Type.Optional(Type.Boolean()),
  fieldValueArray: Type.Optional(Type.Array(Type.Unknown())),
  fieldValueObject: Type.Optional(Type.Object({}, { additionalProperties: true })),
})
