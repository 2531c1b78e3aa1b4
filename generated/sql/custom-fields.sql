-- Every statement as it is sent; of the code 0dad5cfd0fa57d82

-- src/api/custom-fields/definitions.ts
select f.id, f.field_key as key, f.data_type as "dataType" from custom_fields f
where f.location_id = $1 and f.model = $2 and f.document_type = 'field'
  and (f.id = any($3::text[]) or f.field_key = any($4::text[]));

-- src/api/custom-fields/statements.ts
insert into custom_fields as f (location_id, id, model, document_type, name, field_key,
    data_type, placeholder, parent_id, options, settings, position, created_at, updated_at)
  values ($1, $2, $3, $4, $5,
    $6, $7, $8,
    $9, $10,
    $11,
    coalesce($12::int, (
      select least(coalesce(max(o.position), 0)::bigint + $13, 2000000000)::int
      from custom_fields o
      where o.location_id = $14 and o.model = $15
        and o.document_type = $16)),
    $17, $18)
  returning f.id, f.model, f.document_type as "documentType", f.name,
f.field_key as "fieldKey", f.data_type as "dataType", f.placeholder, f.parent_id as "parentId",
f.options, f.settings, f.position, f.created_at as "dateAdded";

-- src/api/custom-fields/statements.ts
select count(*) as count from custom_fields f where f.location_id = $1 and f.document_type = $2;

-- src/api/custom-fields/statements.ts
select f.field_key as key from custom_fields f
where f.location_id = $1 and starts_with(f.field_key, $2);

-- src/api/custom-fields/statements.ts
select f.id from custom_fields f
where f.location_id = $1 and f.model = $2
  and f.document_type = $3 and f.name = $4;

-- src/api/custom-fields/statements.ts
select f.id, f.model, f.document_type as "documentType", f.name,
f.field_key as "fieldKey", f.data_type as "dataType", f.placeholder, f.parent_id as "parentId",
f.options, f.settings, f.position, f.created_at as "dateAdded" from custom_fields f where
f.location_id = $1 and f.id = $2;

-- src/api/custom-fields/statements.ts
select f.id, f.model, f.document_type as "documentType", f.name,
f.field_key as "fieldKey", f.data_type as "dataType", f.placeholder, f.parent_id as "parentId",
f.options, f.settings, f.position, f.created_at as "dateAdded" from custom_fields f where f.location_id = $1 and f.document_type = $2
  order by f.position, f.created_at, f.id
  limit $3
  offset $4;

-- src/api/custom-fields/statements.ts
update custom_fields f
  set name = coalesce($1, f.name),
    placeholder = coalesce($2, f.placeholder),
    parent_id = nullif(coalesce($3, f.parent_id), ''),
    options = coalesce($4::jsonb, f.options),
    settings = f.settings || $5::jsonb,
    position = coalesce($6::int, f.position), updated_at = $7
  where
f.location_id = $8 and f.id = $9
  returning f.id, f.model, f.document_type as "documentType", f.name,
f.field_key as "fieldKey", f.data_type as "dataType", f.placeholder, f.parent_id as "parentId",
f.options, f.settings, f.position, f.created_at as "dateAdded";

-- src/api/custom-fields/statements.ts
with removed as (
    delete from custom_fields f where
f.location_id = $1 and f.id = $2 returning f.id
  ), freed as (
    update custom_fields f set parent_id = null
    where f.location_id = $3 and f.parent_id = $4
  )
  select r.id from removed r;
