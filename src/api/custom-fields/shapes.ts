import { Type } from 'typebox'
import { Named, OneOf, Optional, Strict } from '../../http/shapes.ts'

/** A value as it is stored, and shown with its row. */
export const CustomField = Named('OpportunityCustomField', {
  id: Type.String({
    examples: ['MgobCB14YMVKuE4Ka8p1'],
    description: 'Unique identifier of the custom field',
  }),
  fieldValue: Type.Unknown({
    examples: ['custom field value'],
    description: 'The value of the custom field',
  }),
})

/** A value in any of the three spellings that clients use. */
export const CustomFieldInput = Strict({
  id: Optional(
    Type.String({
      minLength: 1,
      examples: ['6dvNaf7VhkQ9snc5vnjJ'],
      description: 'Pass either `id` or `key` of custom field',
    }),
  ),
  key: Optional(
    Type.String({
      examples: ['my_custom_field'],
      description: 'Pass either `id` or `key` of custom field',
    }),
  ),
  field_value: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
  fieldValue: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
  value: Type.Optional(Type.Unknown({ examples: ['9039160788'] })),
})

/** A value as searches show it, by its kind. UPSTREAM: behaviour.md §2.2 */
export const FoundCustomField = Named('FoundCustomField', {
  id: Type.String({ examples: ['MgobCB14YMVKuE4Ka8p1'] }),
  type: OneOf(['string', 'number', 'boolean', 'array', 'object'], { examples: ['string'] }),
  fieldValueString: Type.Optional(Type.String({ examples: ['custom field value'] })),
  fieldValueNumber: Type.Optional(Type.Number()),
  fieldValueBoolean: Type.Optional(Type.Boolean()),
  fieldValueArray: Type.Optional(Type.Array(Type.Unknown())),
  fieldValueObject: Type.Optional(Type.Object({}, { additionalProperties: true })),
})
