-- Every statement as it is sent; of the code 1f98e84e16bd6646

-- src/api/custom-fields/values.ts
select f.field_key as key, f.id from custom_fields f
where f.location_id = $1 and f.model = $2
  and f.field_key = any($3::text[]);

-- src/api/custom-fields/values.ts
select f.id, f.data_type as type from custom_fields f
where f.location_id = $1 and f.model = $2 and f.id = any($3::text[]);
