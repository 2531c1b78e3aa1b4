-- Every statement as it is sent; of the code 20f1268fff168199

-- src/api/server.ts
select 1;
