"""Allocation lists by algorithms 1 and 2, written from docs/ALGORITHM.md alone.

It serves as an independent check of the generator: it shares no code with it.

    stdin   {"seed": "<64 hex digits>", "study": "DEPIL-2", "domain": "production",
             "arms": [{"code": "A", "ratio": 2}, {"code": "B", "ratio": 1}],
             "strata": [{"id": "site=CRT", "slots": 18}], "sizes": [3, 6], "weights": [2, 1],
             "numbers": {"randomization": {"prefix": "R", "site": false, "width": null, "check": false},
                         "kits": {"prefix": "", "site": false, "width": 6}},
             "hasKits": true, "spareKits": 1, "replacementOffset": 1000,
             "kitTypes": [{"type": "tablets", "spares": 1}, {"type": "syringe", "spares": 0}],
             "earlier": [{"number": "R001", "batch": 1, "stratum": "site=CRT", "sequence": 1, "kit": "RA3XPKC"}]}
    stdout  an array with one object per slot, in the order of their numbers

In the place of "sizes", a list whose arms are drawn by their numbers has the tables of its master.age (14):
"tables": [{"ratio": [2, 1], "slots": 3, "places": [[[0, 2863311531]], [[0, 4294967296], [1, 2147483648]], ...]}]

A stratum can have its own "ratio": {"A": 1, "B": 1}, and its own "sizes" and "weights", in the place of those of all.

An array of such objects on stdin gives an array of lists on stdout.

docs/ALGORITHM.md says what each member means (10). The domain, the weights, the numbers (or any part of them), whether
there are kits, the spare kits, the kit types, the offset and the earlier slots can be left out. Domain and numbers are then
those above, the weights are equal, and there are kits, but no spare kits, no types, no replacement slots and no earlier slots.
With types, "spareKits" is left out: each type says its own number.

Numbers in brackets are sections of docs/ALGORITHM.md.
"""

import hashlib
import hmac
import json
import math
import sys
from collections import Counter

KIT_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
CHECK_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALL_LETTERS = "abcdefghijklmnopqrstuvwxyz"
DEFAULT_NUMBERS = {"randomization": {"prefix": "R", "site": False, "width": None, "check": False},
                   "kits": {"prefix": "", "site": False, "width": 6}}
DOMAIN_PREFIXES = {"production": "", "dummy": "DUMMY-"}


class Stream:
    """The random numbers of one stratum for one purpose (2, 3, 4)."""

    def __init__(self, seed, domain, study, batch, purpose, stratum):
        version = 2 if purpose == "assignments" else 1
        label = "\n".join([f"randose algorithm {version}", domain, study, f"batch {batch}", purpose, stratum])
        key = hmac.new(seed, label.encode("utf-8"), hashlib.sha256).hexdigest().encode("ascii")
        self._schedule(key)
        for _ in range(256):
            self._byte()

    def _schedule(self, key):
        self.state = list(range(256))
        self.i = self.j = j = 0
        for i in range(256):
            j = (j + self.state[i] + key[i % len(key)]) % 256
            self.state[i], self.state[j] = self.state[j], self.state[i]

    def _byte(self):
        i = self.i = (self.i + 1) % 256
        j = self.j = (self.j + self.state[i]) % 256
        self.state[i], self.state[j] = self.state[j], self.state[i]
        return self.state[(self.state[i] + self.state[j]) % 256]

    def _draw(self):
        return int.from_bytes(bytes(self._byte() for _ in range(4)), "big")

    def below(self, n):
        if n == 1:
            return 0
        limit = 2**32 - 2**32 % n
        while (draw := self._draw()) >= limit:
            pass
        return draw % n


def block_sizes(stream, slots, sizes):
    """The sizes of a stratum's blocks (5). sizes: (size, weight) pairs, ascending."""
    fillable = [True]
    for number in range(1, slots + 1):
        fillable.append(any(size <= number and fillable[number - size] for size, _ in sizes))
    if not fillable[slots]:
        raise ValueError(f"blocks of {[size for size, _ in sizes]} cannot fill {slots} slots")
    left = slots
    while left > 0:
        candidates = [(size, weight) for size, weight in sizes if size <= left and fillable[left - size]]
        place = stream.below(sum(weight for _, weight in candidates))
        for size, weight in candidates:
            if place < weight:
                break
            place -= weight
        yield size
        left -= size


def permuted_block(stream, arms, size):
    """One block: the arms in their shares, shuffled (6). arms: (code, share) pairs."""
    times = size // sum(share for _, share in arms)
    block = [code for code, share in arms for _ in range(share * times)]
    for last in range(size - 1, 0, -1):
        other = stream.below(last + 1)
        block[last], block[other] = block[other], block[last]
    return block


def arms_by_counts(stream, arms, slots, tables):
    """The arms of a stratum that are drawn by their numbers so far (14). arms: (code, share) pairs."""
    shares = [share for _, share in arms]
    table = next(one for one in tables if one["ratio"] == shares and one["slots"] == slots)
    codes = [code for code, share in arms if share > 0]
    others = len(codes) - 1
    so_far = [0] * len(codes)
    for rows in table["places"]:
        chances = next(row[others:] for row in rows if row[:others] == so_far[:others])
        draw = stream.below(2**32)
        for index, chance in enumerate(chances + [2**32 - sum(chances)]):
            if draw < chance:
                break
            draw -= chance
        so_far[index] += 1
        yield codes[index]


def check_character(text):
    """ISO/IEC 7064 Mod 37,36 (7); only digits and capitals have a value."""
    p = 36
    for character in text:
        s = (p + CHECK_VALUES.index(character)) % 36 or 36
        p = 2 * s % 37
    return CHECK_VALUES[(37 - p) % 36]


def kit_code(stream, pattern, site, taken):
    """A code whose drawn part is not taken yet. It is then (7)."""
    site = site if pattern["site"] else ""
    while True:
        drawn = "".join(KIT_ALPHABET[stream.below(len(KIT_ALPHABET))] for _ in range(pattern["width"]))
        check = check_character(pattern["prefix"] + site + drawn)
        if check in KIT_ALPHABET and drawn not in taken:
            taken.add(drawn)
            return pattern["prefix"] + (f"{site}-" if pattern["site"] else "") + drawn + check


def drawn_part(kit, pattern):
    """The drawn part of a kit code of an earlier batch, without its prefix and its check character (7)."""
    return kit[:-1][-pattern["width"]:]


def randomization_number(pattern, site, count, width):
    """The number of a slot (8)."""
    number = pattern["prefix"] + (f"{site}-" if pattern["site"] else "") + f"{count:0{width}d}"
    if not pattern["check"]:
        return number
    capitals = (character.upper() if character in SMALL_LETTERS else character for character in number)
    return f"{number}-{check_character(character for character in capitals if character in CHECK_VALUES)}"


def site_of(stratum):
    """The code of the site in the name of a stratum (1); nothing if the strata have no site."""
    sites = [part.removeprefix("site=") for part in stratum.split("/") if part.startswith("site=")]
    return sites[0] if sites else ""


def reduced_arms(arms, own=None):
    """(code, share) pairs, the shares divided by their greatest common divisor (1). own: the ratio of a stratum."""
    shares = [own[arm["code"]] if own else arm["ratio"] for arm in arms]
    divisor = math.gcd(*shares)
    return [(arm["code"], share // divisor) for arm, share in zip(arms, shares)]


def reduced_sizes(sizes, weights):
    """(size, weight) pairs, ascending, the weights divided by their greatest common divisor (1)."""
    if not weights:
        return [(size, 1) for size in sorted(set(sizes))]
    if len(weights) != len(sizes) or len(set(sizes)) != len(sizes) or min(weights) < 1:
        raise ValueError("with weights, each size must be given once, and have a weight of at least 1")
    divisor = math.gcd(*weights)
    return sorted((size, weight // divisor) for size, weight in zip(sizes, weights))


def allocation_list(plan):
    """All slots of the batch, in the order of their numbers (8)."""
    seed = bytes.fromhex(plan["seed"])
    if len(seed) != 32:
        raise ValueError("the seed must have 32 bytes")

    domain = plan.get("domain") or "production"
    first = DOMAIN_PREFIXES[domain]
    patterns = plan.get("numbers") or {}
    numbers, kits = ({**default, **(patterns.get(name) or {})} for name, default in DEFAULT_NUMBERS.items())

    all_earlier = plan.get("earlier") or []
    batch = all_earlier[-1]["batch"] + 1 if all_earlier else 1
    earlier = [slot for slot in all_earlier if "replacementFor" not in slot]
    present = Counter(slot["stratum"] for slot in earlier)
    counts = Counter(site_of(slot["stratum"]) if numbers["site"] else None for slot in earlier)
    has_kits = plan.get("hasKits", True)
    groups = [kits_of_type for slot in all_earlier for kits_of_type in [slot, *slot.get("further", [])]] if has_kits else []
    earlier_kits = [kit for group in groups for kit in [group["kit"], *group.get("spares", [])]]
    taken = {drawn_part(kit, kits) for kit in earlier_kits}

    missing = [(stratum["id"], stratum["slots"] - present[stratum["id"]]) for stratum in plan["strata"]]
    missing = [(stratum, number) for stratum, number in missing if number > 0]
    in_batch_1 = sum(slot["batch"] == 1 for slot in earlier) if earlier else sum(number for _, number in missing)
    width = numbers["width"] or max(3, len(str(in_batch_1)))

    own = {stratum["id"]: stratum for stratum in plan["strata"]}
    slots, slot_counts = [], []
    for stratum, number in missing:
        arms = reduced_arms(plan["arms"], own[stratum].get("ratio"))
        site = site_of(stratum)
        chooser, shuffler, coder, assigner = (
            Stream(seed, domain, plan["study"], batch, purpose, stratum)
            for purpose in ("block sizes", "permutations", "kit codes", "assignments"))
        if "tables" in plan:
            blocks = [list(arms_by_counts(assigner, arms, number, plan["tables"]))]
        else:
            planned = own[stratum] if "sizes" in own[stratum] else plan
            sizes = reduced_sizes(planned["sizes"], planned.get("weights"))
            total = sum(share for _, share in arms)
            if any(size <= 0 or size % total for size, _ in sizes):
                raise ValueError(f"each block size of {stratum} must be a multiple of {total}")
            blocks = (permuted_block(shuffler, arms, size) for size in block_sizes(chooser, number, sizes))
        sequence = present[stratum]
        for block, drawn in enumerate(blocks, 1):
            size = len(drawn)
            for place, arm in enumerate(drawn, 1):
                sequence += 1
                counted = site if numbers["site"] else None
                counts[counted] += 1
                slot_counts.append(counts[counted])
                slot = {"number": first + randomization_number(numbers, site, counts[counted], width),
                        "stratum": stratum, "sequence": sequence, "block": block, "blockSize": size,
                        "sequenceInBlock": place, "arm": arm}
                if has_kits:
                    slot["kit"] = first + kit_code(coder, kits, site, taken)
                slots.append(slot)

    def next_kit(purpose):
        coders = {stratum: Stream(seed, domain, plan["study"], batch, purpose, stratum) for stratum, _ in missing}
        return lambda slot: first + kit_code(coders[slot["stratum"]], kits, site_of(slot["stratum"]), taken)

    types = (plan.get("kitTypes") or []) if has_kits else []
    of_first = types[0]["spares"] if types else plan.get("spareKits") or 0
    spares = of_first if has_kits else 0
    replacements = []
    if spares:
        draw = next_kit("spare kit codes")
        for slot in slots:
            slot["spares"] = [draw(slot) for _ in range(spares)]
    if offset := plan.get("replacementOffset"):
        # Replacement slots (12).
        if max(slot_counts) >= offset:
            raise ValueError(f"the offset must be larger than {max(slot_counts)}")
        for slot, count in zip(slots, slot_counts):
            site = site_of(slot["stratum"])
            number = first + randomization_number(numbers, site, count + offset, width)
            replacements.append({**slot, "number": number, "replacementFor": slot["number"]})
        if has_kits:
            draw = next_kit("replacement kit codes")
            for slot in replacements:
                slot["kit"] = draw(slot)
        if spares:
            draw = next_kit("replacement spare kit codes")
            for slot in replacements:
                slot["spares"] = [draw(slot) for _ in range(spares)]

    # Kit types (13).
    for slot in slots + replacements:
        if types:
            slot.update(kitType=types[0]["type"], further=[])
    for own in types[1:]:
        for before, some in (("", slots), ("replacement ", replacements)):
            draw = next_kit(f"{before}kit codes of {own['type']}")
            for slot in some:
                slot["further"] = [*slot["further"], {"type": own["type"], "kit": draw(slot)}]
            if own["spares"]:
                draw = next_kit(f"{before}spare kit codes of {own['type']}")
                for slot in some:
                    slot["further"][-1]["spares"] = [draw(slot) for _ in range(own["spares"])]
    return slots + replacements


if __name__ == "__main__":
    given = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    result = [allocation_list(plan) for plan in given] if isinstance(given, list) else allocation_list(given)
    sys.stdout.buffer.write((json.dumps(result, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
