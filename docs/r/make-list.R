# Allocation lists by algorithms 1 and 2 of randose, in R. Numbers in brackets are sections of docs/ALGORITHM.md.
#
# R alone is enough: it needs no package. It shares no code with randose. The tests of randose run it with every published
# vector (fixtures/vectors/), and compare its lists with them to the last character. docs/r-and-sas.md says how to use it.

# Makes the list of one batch.
#
#   seed                64 hexadecimal digits
#   study               the study's id; of a rehearsal with "DUMMY-"
#   arms                the ratio: c(ILT101 = 2, PLACEBO = 1), in the order of study.yaml
#   strata              the slots that each stratum must have in all: c("site=CRT" = 18), in their order
#   sizes, weights      the block sizes of plan.yaml, and their weights in the same order
#   tables              in the place of sizes, for a least predictable list: the member `tables` of master.age, as a text (14)
#   own                 what a stratum has of its own: list("site=LYO" = list(arms = c(3, 1), sizes = 4, weights = 1)),
#                       with the shares in the order of arms; each of the three can be left out
#   domain              "production", or "dummy" for a rehearsal
#   numbers, kits       the patterns (8 and 7), as far as study.yaml has them: list(prefix = "P", site = TRUE, width = 4,
#                       check = TRUE); kits = NULL if the study has no kits
#   spares              the number of spare kits of a slot
#   types               the kit types, each with its spares: c(tablets = 1, syringe = 0); then spares is not used
#   replacement_offset  the offset of replacement slots
#   earlier             the list.csv of each earlier batch, in their order, each read with
#                       read.csv(file, colClasses = "character")
#
# Returns a data frame with the columns of `randose open`, which are all texts.
make_list <- function(seed, study, arms, strata, sizes = NULL, weights = NULL, tables = NULL, own = list(), domain = "production",
                      numbers = list(), kits = list(), spares = 0, types = NULL, replacement_offset = NULL, earlier = list()) {
  stopifnot(grepl("^[0-9a-f]{64}$", seed), domain %in% c("production", "dummy"))
  numbers <- modifyList(list(prefix = "R", site = FALSE, check = FALSE), numbers)
  if (!is.null(kits)) kits <- modifyList(list(prefix = "", site = FALSE, width = 6), kits)
  batch <- length(earlier) + 1
  first <- if (domain == "dummy") "DUMMY-" else ""
  before <- lapply(earlier, ordinary)
  earlier_strata <- as.character(unlist(lapply(before, function(list) list$stratum)))
  new_stream <- function(purpose, stratum) stream(seed, domain, study, batch, purpose, stratum)

  present <- vapply(names(strata), function(name) sum(earlier_strata == name), 0)
  missing <- pmax(strata - present, 0)
  in_batch_1 <- if (batch > 1) nrow(before[[1]]) else sum(missing)
  width <- if (is.null(numbers$width)) max(3, nchar(in_batch_1)) else numbers$width

  # The slots, their blocks and arms (5, 6).
  list <- do.call(rbind, lapply(names(strata)[missing > 0], function(name) {
    ratio <- if (is.null(own[[name]]$arms)) arms else own[[name]]$arms
    ratio <- ratio / Reduce(common_divisor, ratio)
    if (!is.null(tables)) {
      chosen <- missing[[name]]
      blocks <- arms_by_counts(new_stream("assignments", name), names(arms), ratio, chosen, tables_in(tables))
    } else {
      planned <- if (is.null(own[[name]]$sizes)) list(sizes = sizes, weights = weights) else own[[name]]
      chosen <- block_sizes(new_stream("block sizes", name), missing[[name]], planned$sizes, planned$weights)
      shuffler <- new_stream("permutations", name)
      blocks <- lapply(chosen, function(size) permuted_block(shuffler, names(arms), ratio, size))
    }
    data.frame(
      stratum = name, sequence_in_stratum = present[[name]] + seq_len(sum(chosen)),
      block = rep(seq_along(chosen), chosen), block_size = rep(chosen, chosen),
      sequence_in_block = sequence(chosen), arm = unlist(blocks)
    )
  }))

  # Their numbers (8).
  counted <- if (numbers$site) site_of(list$stratum) else rep("all", nrow(list))
  counted_before <- if (numbers$site) site_of(earlier_strata) else rep("all", length(earlier_strata))
  count <- ave(numeric(nrow(list)), counted, FUN = seq_along) +
    vapply(counted, function(one) sum(counted_before == one), 0, USE.NAMES = FALSE)
  list$randomization_number <- paste0(first, randomization_number(numbers, site_of(list$stratum), count, width))
  list$replacement_for <- rep("", nrow(list))

  # Their replacement slots (12).
  others <- list[0, ]
  if (!is.null(replacement_offset)) {
    stopifnot(replacement_offset > max(count))
    others <- list
    others$replacement_for <- list$randomization_number
    number <- randomization_number(numbers, site_of(list$stratum), count + replacement_offset, width)
    others$randomization_number <- paste0(first, number)
  }

  # The kits of all (7, 12, 13).
  kit_columns <- character()
  if (!is.null(kits)) {
    taken <- new.env()
    for (code in unlist(lapply(earlier, all_kits))) assign(drawn_part(code, kits), TRUE, taken)
    draw <- function(slots, purpose, times) {
      streams <- lapply(setNames(nm = unique(slots$stratum)), function(name) new_stream(purpose, name))
      vapply(slots$stratum, function(name) {
        codes <- replicate(times, paste0(first, kit_code(streams[[name]], kits, site_of(name), taken)))
        paste(codes, collapse = " ")
      }, "", USE.NAMES = FALSE)
    }
    if (is.null(types)) types <- c(spares)
    for (place in seq_along(types)) {
      of_type <- if (place == 1) "" else paste(" of", names(types)[place])
      end <- if (is.null(names(types))) "" else paste0("_", names(types)[place])
      column <- paste0(c("kit", "spare_kits"), end)
      for (group in c("", "replacement ")) {
        slots <- if (group == "") list else others
        if (nrow(slots) > 0) {
          slots[[column[1]]] <- draw(slots, paste0(group, "kit codes", of_type), 1)
          if (types[place] > 0) slots[[column[2]]] <- draw(slots, paste0(group, "spare kit codes", of_type), types[place])
        }
        if (group == "") list <- slots else others <- slots
      }
      kit_columns <- c(kit_columns, column[c(TRUE, types[place] > 0)])
    }
  }

  all <- if (nrow(others) > 0) rbind(list, others) else list
  all$batch <- batch
  all[] <- lapply(all, as.character)
  columns <- c("randomization_number", "batch", "stratum", "sequence_in_stratum", "block", "block_size",
               "sequence_in_block", kit_columns, "arm", if (nrow(others) > 0) "replacement_for")
  all[columns]
}

# The random numbers of one stratum for one purpose (2, 3, 4). ---------------------------------------------------------

stream <- function(seed, domain, study, batch, purpose, stratum) {
  version <- if (purpose == "assignments") 2 else 1
  label <- paste(paste("randose algorithm", version), domain, study, paste("batch", batch), purpose, stratum, sep = "\n")
  key <- utf8ToInt(hmac_sha256(bytes_of_hex(seed), as.integer(charToRaw(enc2utf8(label)))))
  state <- 0:255
  j <- 0
  for (i in 0:255) {
    j <- (j + state[i + 1] + key[i %% length(key) + 1]) %% 256
    state[c(i, j) + 1] <- state[c(j, i) + 1]
  }
  i <- 0
  j <- 0
  bytes <- function(count) {
    s <- state
    given <- numeric(count)
    for (place in seq_len(count)) {
      i <<- (i + 1) %% 256
      one <- s[i + 1]
      j <<- (j + one) %% 256
      other <- s[j + 1]
      s[i + 1] <- other
      s[j + 1] <- one
      given[place] <- s[(one + other) %% 256 + 1]
    }
    state <<- s
    given
  }
  bytes(256)
  function(n) {
    if (n == 1) return(0)
    limit <- 2^32 - 2^32 %% n
    repeat {
      draw <- sum(bytes(4) * 256^(3:0))
      if (draw < limit) return(draw %% n)
    }
  }
}

# Block sizes (5) and blocks (6). --------------------------------------------------------------------------------------

block_sizes <- function(below, slots, sizes, weights) {
  if (is.null(weights)) {
    sizes <- sort(unique(sizes))
    weights <- rep(1, length(sizes))
  } else {
    weights <- weights[order(sizes)] / Reduce(common_divisor, weights)
    sizes <- sort(sizes)
  }
  fillable <- TRUE # of 0 slots, then of 1, 2, …
  for (number in seq_len(slots)) {
    fits <- sizes[sizes <= number]
    fillable <- c(fillable, any(fillable[number - fits + 1]))
  }
  stopifnot(fillable[slots + 1])
  chosen <- numeric()
  left <- slots
  while (left > 0) {
    can <- sizes <= left
    can[can] <- fillable[left - sizes[can] + 1]
    place <- below(sum(weights[can]))
    size <- sizes[can][which(place < cumsum(weights[can]))[1]]
    chosen <- c(chosen, size)
    left <- left - size
  }
  chosen
}

permuted_block <- function(below, arms, ratio, size) {
  stopifnot(size %% sum(ratio) == 0)
  block <- rep(arms, ratio * size / sum(ratio))
  if (size > 1) for (last in (size - 1):1) {
    other <- below(last + 1)
    block[c(last, other) + 1] <- block[c(other, last) + 1]
  }
  block
}

# Arms that are drawn by their numbers (14). -----------------------------------------------------------------------------

# The tables in a text of JSON, each with its ratio, slots and places.
tables_in <- function(text) {
  stopifnot(grepl('^[][{}":,a-z0-9]+$', text))
  lists <- gsub("]", ")", gsub("[", "list(", text, fixed = TRUE), fixed = TRUE)
  members <- gsub('"([a-z]+)":', "\\1=", gsub("}", ")", gsub("{", "list(", lists, fixed = TRUE), fixed = TRUE))
  eval(parse(text = members))
}

arms_by_counts <- function(below, arms, ratio, slots, tables) {
  fits <- vapply(tables, function(one) one$slots == slots && all(unlist(one$ratio) == ratio), NA)
  codes <- arms[ratio > 0]
  others <- seq_len(length(codes) - 1)
  so_far <- numeric(length(codes))
  drawn <- character()
  for (rows in tables[[which(fits)[1]]]$places) {
    numbers <- Filter(function(row) all(unlist(row)[others] == so_far[others]), rows)[[1]]
    chances <- unlist(numbers)[-others]
    arm <- findInterval(below(2^32), cumsum(c(chances))) + 1
    so_far[arm] <- so_far[arm] + 1
    drawn <- c(drawn, codes[arm])
  }
  drawn
}

common_divisor <- function(a, b) if (b == 0) a else common_divisor(b, a %% b)

# Kit codes (7) and numbers (8). ---------------------------------------------------------------------------------------

kit_alphabet <- strsplit("34679ACDEFGHJKMNPQRTWXY", "")[[1]]
check_values <- c(0:9, LETTERS)

check_character <- function(text) {
  p <- 36
  for (value in match(strsplit(text, "")[[1]], check_values) - 1) {
    s <- (p + value) %% 36
    p <- (2 * (if (s == 0) 36 else s)) %% 37
  }
  check_values[(37 - p) %% 36 + 1]
}

kit_code <- function(below, pattern, site, taken) {
  if (!pattern$site) site <- ""
  repeat {
    part <- paste(replicate(pattern$width, kit_alphabet[below(23) + 1]), collapse = "")
    check <- check_character(paste0(pattern$prefix, site, part))
    if (check %in% kit_alphabet && !exists(part, taken, inherits = FALSE)) break
  }
  assign(part, TRUE, taken)
  paste0(pattern$prefix, site, if (pattern$site) "-", part, check)
}

drawn_part <- function(code, pattern) {
  end <- nchar(code) - 1
  substr(code, end - pattern$width + 1, end)
}

# One for each site and count.
randomization_number <- function(pattern, site, count, width) {
  digits <- formatC(count, width = width, format = "d", flag = "0")
  number <- paste0(pattern$prefix, if (pattern$site) paste0(site, "-"), digits)
  if (!pattern$check) return(number)
  letters_and_digits <- gsub("[^0-9A-Z]", "", chartr(paste(letters, collapse = ""), paste(LETTERS, collapse = ""), number))
  paste0(number, "-", vapply(letters_and_digits, check_character, ""))
}

# The site in the name of each stratum; nothing if strata have no site.
site_of <- function(stratum) {
  vapply(strsplit(stratum, "/"), function(parts) {
    sub("^site=", "", c(parts[startsWith(parts, "site=")], "")[1])
  }, "")
}

# What earlier batches say. --------------------------------------------------------------------------------------------

ordinary <- function(list) {
  if (is.null(list$replacement_for)) list else list[list$replacement_for == "", ]
}

all_kits <- function(list) {
  columns <- grepl("^(kit|spare_kits)(_|$)", names(list))
  unlist(strsplit(as.character(unlist(list[columns])), " "))
}

# HMAC (RFC 2104) with SHA-256 (FIPS 180-4), for the keys of streams (2). ------------------------------------------------
# A word of 32 bits is a number from 0 to 2^32 - 1: R's own integers have a sign, and one of them is NA.

hmac_sha256 <- function(key, message) {
  key <- c(key, rep(0, 64 - length(key)))
  inner <- sha256(c(bitwXor(key, 0x36), message))
  hex_of_bytes(sha256(c(bitwXor(key, 0x5c), inner)))
}

sha256 <- function(message) {
  bits <- 8 * length(message)
  padded <- c(message, 0x80, rep(0, (55 - length(message)) %% 64), (bits %/% 256^(7:0)) %% 256)
  words <- colSums(matrix(padded, 4) * 256^(3:0))
  hash <- sha256_start
  for (begin in seq(1, length(words), 16)) hash <- sha256_block(hash, words[begin + 0:15])
  as.vector(rbind(hash %/% 2^24, hash %/% 2^16 %% 256, hash %/% 2^8 %% 256, hash %% 256))
}

sha256_block <- function(hash, words) {
  w <- c(words, numeric(48))
  for (t in 17:64) {
    two <- w[t - c(15, 2)]
    s <- xor_words(xor_words(rotated(two, c(7, 17)), rotated(two, c(18, 19))), two %/% 2^c(3, 10))
    w[t] <- (w[t - 16] + s[1] + w[t - 7] + s[2]) %% 2^32
  }
  v <- hash # a to h
  for (t in 1:64) {
    two <- v[c(1, 5)]
    s <- xor_words(xor_words(rotated(two, c(2, 6)), rotated(two, c(13, 11))), rotated(two, c(22, 25)))
    both <- and_words(c(v[5], 2^32 - 1 - v[5], v[1], v[1], v[2]), v[c(6, 7, 2, 3, 3)])
    chosen <- xor_words(both[c(1, 3)], both[c(2, 4)]) # "choose", and the first half of "majority"
    first <- v[8] + s[2] + chosen[1] + sha256_constants[t] + w[t]
    second <- s[1] + xor_words(chosen[2], both[5])
    v <- c((first + second) %% 2^32, v[1:3], (v[4] + first) %% 2^32, v[5:7])
  }
  (hash + v) %% 2^32
}

rotated <- function(word, bits) word %/% 2^bits + (word %% 2^bits) * 2^(32 - bits)
by_halves <- function(operation, a, b) {
  operation(a %/% 65536, b %/% 65536) * 65536 + operation(a %% 65536, b %% 65536)
}
xor_words <- function(a, b) by_halves(bitwXor, a, b)
and_words <- function(a, b) by_halves(bitwAnd, a, b)

bytes_of_hex <- function(text) strtoi(substring(text, seq(1, nchar(text), 2), seq(2, nchar(text), 2)), 16)
hex_of_bytes <- function(bytes) paste(sprintf("%02x", as.integer(bytes)), collapse = "")
words_of_hex <- function(text) {
  colSums(matrix(bytes_of_hex(gsub("[^0-9a-f]", "", text)), 4) * 256^(3:0))
}

sha256_start <- words_of_hex("6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19")
sha256_constants <- words_of_hex("
  428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5
  d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174
  e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da
  983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967
  27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85
  a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070
  19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3
  748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2")
