-- Whether a text is an act that randose writes. The text of its content is written again as JSON.stringify does, by the
-- shape of its kind: only if both are the same is it taken. Members that are unknown, missing, double or in another order,
-- blanks, other ways to escape a character and whatever follows the object make a difference, so all of them are refused.

-- @returns the text of a value, null if it does not have the shape
create function written(value jsonb, shape jsonb) returns text
language plpgsql immutable as $$
declare
  -- Loops count: a query for each object would take longer than the rest.
  members jsonb;
  member jsonb;
  item jsonb;
  part text;
  texts text[] := '{}';
begin
  if jsonb_typeof(value) = 'null' then return case when shape ? 'null' then 'null' end; end if;
  case shape->>'is'
    when 'text' then
      if jsonb_typeof(value) <> 'string' then return null; end if;
      if shape ? 'pattern' and (value #>> '{}') !~ (shape->>'pattern') then return null; end if;
      return value::text;
    when 'count' then
      -- Fifteen digits: JavaScript reads and writes each such number as it is.
      return case when jsonb_typeof(value) = 'number' and value::text ~ '^(?:0|[1-9][0-9]{0,14})$' then value::text end;
    when 'word' then
      return case when jsonb_typeof(value) = 'string' and shape->'words' @> value then value::text end;
    when 'list' then
      if jsonb_typeof(value) <> 'array' then return null; end if;
      if jsonb_array_length(value) < (shape->>'least')::int then return null; end if;
      for place in 0 .. jsonb_array_length(value) - 1 loop
        part := written(value->place, shape->'of');
        if part is null then return null; end if;
        texts := texts || part;
      end loop;
      return '[' || array_to_string(texts, ',') || ']';
    when 'object' then
      if jsonb_typeof(value) <> 'object' then return null; end if;
      members := shape->'members';
      for place in 0 .. jsonb_array_length(members) - 1 loop
        member := members->place;
        item := value->(member->>'name');
        if item is null then
          if not member ? 'optional' then return null; end if;
        else
          part := written(item, member->'shape');
          if part is null then return null; end if;
          texts := texts || ((member->'name')::text || ':' || part);
        end if;
      end loop;
      return '{' || array_to_string(texts, ',') || '}';
  end case;
end $$;

-- An act as jsonb. It cannot have a NUL or half a surrogate pair: jsonb refuses both.
create function parsed(p_act text) returns jsonb language plpgsql immutable as $$
begin
  return p_act::jsonb;
exception when others then
  raise exception 'this is not an entry that randose writes' using errcode = 'RD001', detail = 'It cannot be read as JSON.';
end $$;

-- @param p_any_order of an entry of an older ledger, whose members may have another order
create function read_act(p_act text, p_any_order boolean) returns jsonb
language plpgsql stable as $$
declare
  act jsonb;
  text text;
begin
  if octet_length(p_act) > 16777216 then
    raise exception 'an entry has at most 16 MiB' using errcode = 'RD001';
  end if;
  act := parsed(p_act);
  select written(act, shape) into text from actions where action = act->>'action';
  if text is null or (text <> p_act and not (p_any_order and length(text) = length(p_act) and text::jsonb = act)) then
    raise exception 'this is not an entry that randose writes' using errcode = 'RD001',
      detail = format('Its kind is %s.', coalesce(left(act->>'action', 40), 'not named'));
  end if;
  return act;
end $$;
