-- Every statement as it is sent; of the code f4a28586dc185cbb

-- src/api/custom-fields/definitions.ts
select f.id, f.field_key as key, f.data_type as "dataType" from custom_fields f
where f.location_id = $1 and f.model = $2
  and (f.id = any($3::text[]) or f.field_key = any($4::text[]));
