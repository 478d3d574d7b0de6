-- Moves a ledger in from a folder: every entry as it is, byte for byte. For the owner of the database alone, after the slots
-- of the list. A long ledger comes in portions, in its order.

create function import_entries(p_lines text[]) returns table (seq bigint, hash text)
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp
-- Statements are planned once in a session. What was planned while a table was small must not read all of it later.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
  last entries;
  line text;
  before text;
  after text;
  link text;
  act_text text;
  act jsonb;
  had_id boolean;
  v_time text;
  signature text;
  written_line text;
begin
  if not owns_database() then
    raise exception 'login % does not own this database', session_user using errcode = 'RD003';
  end if;
  perform from head for update;
  select * into last from entries order by entries.seq desc limit 1;
  seq := coalesce(last.seq, 0);
  hash := coalesce(last.hash, repeat('0', 64));
  had_id := exists (select from entries where id is not null);
  foreach line in array p_lines loop
    seq := seq + 1;
    -- What is around an act: before it, its place and time; after it, the hash of the entry before, its own, and a
    -- signature. The line is written again at the end, and must be the same.
    before := '{"seq":' || seq || ',"time":"';
    v_time := split_part(substr(line, length(before) + 1), '"', 1);
    before := before || v_time || '",';
    link := ',"prev":"' || hash || '","hash":"';
    if not starts_with(line, before) or position(link in line) = 0 then
      raise exception 'line % does not follow the line before it', seq using errcode = 'RD011';
    end if;
    act_text := split_part(substr(line, length(before) + 1), link, 1);
    after := substr(line, length(before) + length(act_text) + length(link) + 64 + 2);
    act_text := '{' || act_text || '}';
    signature := case when after <> '}' then parsed(substr(after, 14, length(after) - 14)) #>> '{}' end;
    if v_time !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?Z$' then
      raise exception 'line % has no time', seq using errcode = 'RD011';
    end if;
    begin
      act := read_act(act_text, true);
      if act ? 'id' then
        perform require_identity(act, signature);
        had_id := true;
      elsif had_id or act ? 'seen' or (act->>'signer' is null) <> (signature is null) then
        raise exception 'this is not an entry that randose writes' using errcode = 'RD001';
      end if;
      perform do_act(seq, act);
    exception when others then
      raise exception 'line %: %', seq, sqlerrm using errcode = sqlstate;
    end;
    select * into hash, written_line from add_entry(seq, v_time, act_text, act, hash, signature);
    if written_line <> line then
      raise exception 'line % was altered: its hash does not match its text', seq using errcode = 'RD011';
    end if;
    perform note_sight(seq, act, '{}');
    if not is_code_break(act->>'action') then
      insert into studies select seq, act->>'study'
        where act->>'study' is distinct from (select digest from studies order by since desc limit 1);
    end if;
  end loop;
  return next;
end $$;
