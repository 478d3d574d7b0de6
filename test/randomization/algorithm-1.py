"""Allocation lists by algorithm 1, written from docs/ALGORITHM.md alone.

It serves as an independent check of the generator: it shares no code with it.

    stdin   {"seed": "<64 hex digits>", "study": "DEPIL-2",
             "arms": [{"code": "A", "ratio": 2}, {"code": "B", "ratio": 1}],
             "strata": [{"id": "site=CRT", "slots": 18}], "sizes": [3, 6]}
    stdout  an array with one object per slot, in the order of their numbers

Numbers in brackets are sections of docs/ALGORITHM.md.
"""

import hashlib
import hmac
import json
import math
import sys

KIT_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
CHECK_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Stream:
    """The random numbers of one stratum for one purpose (2, 3, 4)."""

    def __init__(self, seed, study, purpose, stratum):
        label = "\n".join(["randose algorithm 1", "production", study, "batch 1", purpose, stratum])
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
    """The sizes of a stratum's blocks (5)."""
    fillable = [True]
    for number in range(1, slots + 1):
        fillable.append(any(s <= number and fillable[number - s] for s in sizes))
    if not fillable[slots]:
        raise ValueError(f"blocks of {sizes} cannot fill {slots} slots")
    left = slots
    while left > 0:
        candidates = [s for s in sizes if s <= left and fillable[left - s]]
        size = candidates[stream.below(len(candidates))]
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


def check_character(text):
    """ISO/IEC 7064 Mod 37,36 (7)."""
    p = 36
    for character in text:
        s = (p + CHECK_VALUES.index(character)) % 36 or 36
        p = 2 * s % 37
    return CHECK_VALUES[(37 - p) % 36]


def kit_code(stream, taken):
    """A code that is not yet among those taken; it joins them (7)."""
    while True:
        code = "".join(KIT_ALPHABET[stream.below(len(KIT_ALPHABET))] for _ in range(6))
        check = check_character(code)
        if check in KIT_ALPHABET and code + check not in taken:
            taken.add(code + check)
            return code + check


def reduced_arms(arms):
    """(code, share) pairs, the shares divided by their greatest common divisor (1)."""
    divisor = math.gcd(*(arm["ratio"] for arm in arms))
    return [(arm["code"], arm["ratio"] // divisor) for arm in arms]


def allocation_list(plan):
    """All slots of the list, in the order of their numbers (8)."""
    seed, sizes, arms = bytes.fromhex(plan["seed"]), sorted(set(plan["sizes"])), reduced_arms(plan["arms"])
    total = sum(share for _, share in arms)
    if len(seed) != 32 or any(size <= 0 or size % total for size in sizes):
        raise ValueError(f"the seed must have 32 bytes, and each block size be a multiple of {total}")
    digits = max(3, len(str(sum(stratum["slots"] for stratum in plan["strata"]))))
    slots, kits = [], set()
    for stratum in plan["strata"]:
        chooser, shuffler, coder = (Stream(seed, plan["study"], purpose, stratum["id"])
                                    for purpose in ("block sizes", "permutations", "kit codes"))
        sequence = 0
        for block, size in enumerate(block_sizes(chooser, stratum["slots"], sizes), 1):
            for place, arm in enumerate(permuted_block(shuffler, arms, size), 1):
                sequence += 1
                slots.append({"number": f"R{len(slots) + 1:0{digits}d}", "stratum": stratum["id"],
                              "sequence": sequence, "block": block, "blockSize": size,
                              "sequenceInBlock": place, "kit": kit_code(coder, kits), "arm": arm})
    return slots


if __name__ == "__main__":
    result = allocation_list(json.loads(sys.stdin.buffer.read().decode("utf-8")))
    sys.stdout.buffer.write((json.dumps(result, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
