-- What is recorded stays, whoever is connected: the owner too is refused.

create function refuse_change() returns trigger language plpgsql set search_path = randose, pg_catalog, pg_temp as $$
begin
  raise exception 'randose.% only grows: % refused', tg_table_name, lower(tg_op) using errcode = '42501';
end $$;

do $$
declare name text;
begin
  foreach name in array array['entries', 'people_log', 'paths', 'files', 'studies', 'head'] loop
    execute format('create trigger no_change before update or delete on %I for each row execute function refuse_change()', name);
    execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', name);
  end loop;
end $$;

-- Whatever way an entry comes, it follows the last one.
create function require_last() returns trigger language plpgsql set search_path = randose, pg_catalog, pg_temp as $$
declare last entries;
begin
  select * into last from entries order by seq desc limit 1;
  if new.seq <> coalesce(last.seq, 0) + 1 or new.prev <> coalesce(last.hash, repeat('0', 64)) then
    raise exception 'entry % does not follow the last one', new.seq using errcode = 'RD011';
  end if;
  return new;
end $$;
create trigger follows_the_last before insert on entries for each row execute function require_last();
