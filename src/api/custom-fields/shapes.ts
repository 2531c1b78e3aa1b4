import { Type } from 'typebox'
import { Named, Strict } from '../../http/shapes.ts'
import { Id, OneOf, Optional, Text } from '../../resource/words.ts'

/** A value in any of the three spellings that clients use. */
export const CustomFieldInput = Strict({
  id: Optional(Id('6dvNaf7VhkQ9snc5vnjJ', 'Pass either `id` or `key` of custom field')),
  key: Optional(Text('my_custom_field', 'Pass either `id` or `key` of custom field')),
  field_value: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
  fieldValue: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
  value: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
})

/** A value as searches show it, by its field's type. UPSTREAM: behaviour.md §2.2 */
export const FoundCustomField = Named('FoundCustomField', {
  id: Text('MgobCB14YMVKuE4Ka8p1'),
  type: OneOf(['string', 'number', 'boolean', 'array', 'object', 'date', 'files'], {
    examples: ['string'],
  }),
  fieldValueString: Type.Optional(Text('custom field value')),
  fieldValueNumber: Type.Optional(Type.Number()),
  fieldValueBoolean: Type.Optional(Type.Boolean()),
  fieldValueArray: Type.Optional(Type.Array(Type.Unknown())),
  fieldValueObject: Type.Optional(Type.Object({}, { additionalProperties: true })),
  fieldValueDate: Type.Optional(
    Type.Number({ examples: [1780531200000], description: 'Midnight of the day in UTC' }),
  ),
  fieldValueFiles: Type.Optional(
    Type.Array(
      Type.Object({
        url: Type.String(),
        meta: Type.Optional(Type.Object({}, { additionalProperties: true })),
      }),
    ),
  ),
})
