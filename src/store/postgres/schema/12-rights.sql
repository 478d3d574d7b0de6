-- The last thing: nobody may do anything but call these functions.

revoke all on all tables in schema randose from public;
revoke all on all functions in schema randose from public;
grant usage on schema randose to randose_people;
grant execute on function
  whoami(), read_ledger(bigint), hashes(bigint, bigint), taken(), enter(bigint, text[], text[], boolean),
  put_files(text[], bytea[]), remove_paths(text[]), file_list(), file_contents(text[]), put_slots(jsonb),
  grant_duty(name, text[], text[], text), revoke_duty(name, text), people_list()
to randose_people;
reset role;
