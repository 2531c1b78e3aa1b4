-- Every statement as it is sent; of the code 29ef35d4958d7d0b

-- src/db/migrate.ts
insert into schema_migrations (version, name, checksum, applied_at)
values ($1, $2, $3, $4);

-- src/db/migrate.ts
select from schema_migrations where version = 1 for update;

-- src/db/migrate.ts
select to_regclass('schema_migrations') is not null as "isThere";

-- src/db/migrate.ts
select version, name, checksum from schema_migrations order by version;

-- src/db/server-sessions.ts
select pg_terminate_backend(s.pid, $1) from pg_stat_activity s
where s.datname = current_database() and s.application_name like $2;
