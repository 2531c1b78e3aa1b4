-- Every statement as it is sent; of the code 143a82813cd83e62

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
