-- Every statement as it is sent; of the code 40911f8996965f0e

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
