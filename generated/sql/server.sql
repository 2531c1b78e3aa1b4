-- Every statement as it is sent; of the code d8f0887ff4bf0e94

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
