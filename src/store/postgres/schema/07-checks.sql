-- What is checked of an act before it is entered. Everything here runs under the lock.

-- Refuses an act that the login's duties do not allow, or not for these participants and kits.
create function require_allowed(p_me people, p_act jsonb) returns void language plpgsql stable as $$
declare
  v_action text := p_act->>'action';
  scopes text[];
  key text;
  kit text;
begin
  scopes := array(
    select scope from duty_actions join duties using (duty) where action = v_action and duty = any (p_me.duties)
  );
  if scopes = '{}' then
    raise exception 'login % may not enter this: %', p_me.login, v_action using errcode = 'RD003';
  end if;
  -- A code-break that was made is recorded, whoever made it.
  if 'central' = any (scopes) or is_code_break(v_action) then return; end if;
  if v_action = 'randomization' then
    if not p_act->>'site' = any (p_me.sites) then
      raise exception 'login % is not of site %', p_me.login, p_act->>'site' using errcode = 'RD004';
    end if;
    return;
  end if;
  if p_act ? 'intent' then
    if not exists (select from sight where seq = (p_act->>'intent')::bigint and site = any (p_me.sites)) then
      raise exception 'login % is not of the site of this entry', p_me.login using errcode = 'RD004';
    end if;
    return;
  end if;
  foreach key in array participants_in(p_act) loop
    if not exists (select from reach where thing = participant_thing(key) and site = any (p_me.sites)) then
      raise exception 'login % is not of the site of this participant', p_me.login using errcode = 'RD004';
    end if;
  end loop;
  -- Participants are treated from any kit, which may be a deviation. Other records are those of the kit's own site, of the
  -- site that has received it, or of any site if it has not come to one yet.
  if p_act->>'subject' is not null then return; end if;
  foreach kit in array kits_in(p_act) loop
    if exists (select from reach where thing = kit_thing(kit))
      and not exists (select from reach where thing = kit_thing(kit) and site = any (p_me.sites))
      and not (v_action = 'kit' and p_act->>'event' = 'received' and coalesce(p_act->>'site' = any (p_me.sites), false))
    then
      raise exception 'login % is not of the site of kit %', p_me.login, kit using errcode = 'RD004',
        detail = array_to_string(p_me.sites, ' ');
    end if;
  end loop;
end $$;

-- Refuses an act under another study.yaml than the one in force. A code-break is entered under any: it may have been made
-- without one.
create function require_study(p_me people, p_seq bigint, p_act jsonb) returns void language plpgsql as $$
declare
  v_action text := p_act->>'action';
  mine text := p_act->>'study';
  in_force text;
begin
  if is_code_break(v_action) then return; end if;
  select digest into in_force from studies order by since desc limit 1;
  if mine is not distinct from in_force then return; end if;
  -- A rewrap is for the people in a new study.yaml, and a restoration brings back an old one.
  if not (p_me.duties && array['statistician', 'data manager'] or v_action in ('rewrap intent', 'rewrap outcome', 'study restoration')) then
    raise exception 'study.yaml is not the one in force' using errcode = 'RD002', detail = in_force;
  end if;
  if not exists (select from files where digest = mine) then
    raise exception 'study.yaml is not among the files of the study' using errcode = 'RD002', detail = in_force;
  end if;
  -- Whoever has an old copy of the folder does not bring an old study.yaml back without a word.
  if v_action <> 'study restoration' and exists (select from studies where digest = mine) then
    raise exception 'study.yaml is an older one than the one in force' using errcode = 'RD002', detail = in_force;
  end if;
  insert into studies values (p_seq, mine);
end $$;

-- Refuses whatever the lock of the database stops.
create function require_unlocked(p_act jsonb) returns void language plpgsql stable as $$
declare
  v_action text := p_act->>'action';
  is_locked boolean := coalesce((
    select action = 'lock' from entries where action in ('lock', 'unlock') order by seq desc limit 1
  ), false);
begin
  if is_locked and (v_action = 'lock' or not (select despite_lock from actions where action = v_action)) then
    raise exception 'the database is locked' using errcode = 'RD007';
  end if;
  if v_action = 'unlock' and not is_locked then
    raise exception 'the database is not locked' using errcode = 'RD007';
  end if;
end $$;

-- Refuses a signature without a signer, and a signer without a signature. What the signer had seen is an entry of this
-- ledger.
create function require_identity(p_act jsonb, p_signature text) returns void language plpgsql stable as $$
declare head text := p_act->'seen'->>'head';
begin
  if not (p_act ? 'id' and p_act ? 'seen') then
    raise exception 'this is not an entry that randose writes' using errcode = 'RD001', detail = 'It has no id.';
  end if;
  if (p_act->>'signer' is null) <> (p_signature is null) or (p_act->>'signer' is null) <> (head is null) then
    raise exception 'the signature, its signer and what they had seen go together' using errcode = 'RD001';
  end if;
  if head is null or head = '0:' || repeat('0', 64) then return; end if;
  -- A head of a ledger has at most fifteen digits before the colon.
  if length(head) <= 80 then
    perform from entries where seq = split_part(head, ':', 1)::bigint and seq || ':' || hash = head;
    if found then return; end if;
  end if;
  raise exception 'it was signed after an entry that this ledger does not have' using errcode = 'RD001';
end $$;

-- Refuses a subject id that belongs or belonged to somebody else.
create function take_subject_id(p_id text, p_participant text) returns void language plpgsql as $$
declare owner text := participant_of(p_id);
begin
  if owner is null then
    insert into subject_ids values (key_of(p_id), p_participant);
  elsif owner <> p_participant then
    raise exception 'subject id % is used', p_id using errcode = 'RD006';
  end if;
end $$;

-- Gives a participant a slot: the next free one of its stratum, or the replacement slot of the participant whom they replace.
create function give_slot(p_seq bigint, p_act jsonb) returns void language plpgsql as $$
declare
  slot slots;
  v_key text := key_of(p_act->>'subject');
  old text;
  old_number text;
  reserved text;
begin
  select * into slot from slots where number = p_act->>'number';
  if not found then raise exception 'the list has no slot %', p_act->>'number' using errcode = 'RD005'; end if;
  if slot.stratum <> p_act->>'stratum'
    or slot.site <> p_act->>'site'
    or slot.kit is distinct from p_act->>'kit'
    or slot.kits is distinct from p_act->'kits'
  then
    raise exception 'slot % is otherwise in the list', slot.number using errcode = 'RD005';
  end if;
  if slot.held_in is not null then raise exception 'slot % has a participant', slot.number using errcode = 'RD005'; end if;
  if participant_of(p_act->>'subject') is not null then
    raise exception 'subject id % is used', p_act->>'subject' using errcode = 'RD006';
  end if;
  if p_act ? 'replaces' then
    old := key_of(p_act->>'replaces');
    update participants set replaced_in = p_seq where key = old and replaced_in is null returning number into old_number;
    if not found then
      raise exception '% is not a participant, or was replaced', p_act->>'replaces' using errcode = 'RD005';
    end if;
    select number into reserved from slots where replacement_for = old_number;
  end if;
  if coalesce(reserved, slot.replacement_for) is not null then
    if slot.number is distinct from reserved then
      raise exception 'slot % is not the replacement slot of %', slot.number, coalesce(old, 'anybody') using errcode = 'RD005';
    end if;
  else
    update strata set held = held + 1 where stratum = slot.stratum and held + 1 = slot.sequence;
    if not found then raise exception 'slot % is not the next one of its stratum', slot.number using errcode = 'RD005'; end if;
  end if;
  update slots set held_in = p_seq where number = slot.number;
  insert into participants values (v_key, slot.number, null);
  perform take_subject_id(p_act->>'subject', v_key);
  perform bring_participant(v_key, p_act->>'site');
end $$;

-- Refuses an act about somebody who is not randomized. Records are under the id at randomization.
create function require_participant(p_act jsonb) returns text language plpgsql stable as $$
declare
  v_action text := p_act->>'action';
  subject text := p_act->>'subject';
  v_key text := participant_of(subject);
begin
  if subject is null or is_code_break(v_action) then return v_key; end if;
  if v_key is null then raise exception '% is not randomized', subject using errcode = 'RD004'; end if;
  if v_key <> key_of(subject) then raise exception '% was randomized under another id', subject using errcode = 'RD004'; end if;
  return v_key;
end $$;

-- Does what an act does to participants, kits and openings; refuses if it cannot be done.
create function do_act(p_seq bigint, p_act jsonb) returns void language plpgsql as $$
declare
  v_action text := p_act->>'action';
  v_opening text;
  participant text;
  v_site text;
  v_kit text;
begin
  if v_action = 'randomization' then
    perform give_slot(p_seq, p_act);
    return;
  end if;
  participant := require_participant(p_act);
  if v_action = 'subject correction' then
    perform take_subject_id(p_act->>'newId', participant);
  elsif v_action = 'transfer' then
    perform bring_participant(participant, p_act->>'to');
  elsif v_action = 'kit' then
    foreach v_site in array array[p_act->>'from', p_act->>'to', p_act->>'site'] loop
      if v_site is not null then perform bring_to(kit_thing(p_act->>'kit'), v_site); end if;
    end loop;
  elsif v_action = 'late code-break' then
    insert into late_code_breaks values (p_act->>'pending', p_seq) on conflict do nothing;
    if not found then raise exception 'this code-break is already entered' using errcode = 'RD010'; end if;
  end if;
  foreach v_kit in array kits_in(p_act) loop
    if not is_code_break(v_action) and not exists (select from kits where kit = v_kit) then
      raise exception 'the list has no kit %', v_kit using errcode = 'RD005';
    end if;
  end loop;
  select opening into v_opening from actions where action = v_action;
  if v_opening is null then return; end if;
  if not p_act ? 'intent' then
    insert into openings values (p_seq, v_opening);
    return;
  end if;
  update openings set outcome = p_seq where intent = (p_act->>'intent')::bigint and opening = v_opening and outcome is null;
  if not found then
    raise exception 'entry % is not such an intent, or has its outcome', p_act->>'intent' using errcode = 'RD009';
  end if;
end $$;
