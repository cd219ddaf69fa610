# compare.awk: sets a recording beside what was expected of it.
#
#   awk -f compare.awk -v expectations=<file> -v ids=<file> <recording>
#
# Fails when an observation is refuted or unknown, or when there is none.

# "any of these" in a list such as "0 or EINVAL".
function has(list, value,    parts, count, i) {
    count = split(list, parts, " or ")
    for (i = 1; i <= count; i++)
        if (parts[i] == value)
            return 1
    return 0
}

# The id of a case, which may itself have dots after the first.
function id_of(name) {
    return substr(name, 1, index(name, ".") - 1)
}

function is_content(line) {
    return line !~ /^(#|$)/
}

function read_ids(    line) {
    while ((getline line < ids) > 0)
        if (is_content(line))
            id[id_count++] = line
}

function read_expectations(    line, field) {
    while ((getline line < expectations) > 0) {
        if (!is_content(line))
            continue
        split(line, field, " [|] ")
        order[expected_count++] = field[1]
        expected[field[1]] = field[2]
        sure[field[1]] = field[3]
    }
}

function refute(name) {
    refuted[id_of(name)] = 1
    refuted_count++
    printf "  refuted  %s: %s instead of %s%s\n", name, seen[name],
        expected[name], sure[name] == "" ? "" : " (" sure[name] ")"
}

function judge_cases(    i, name) {
    for (i = 0; i < expected_count; i++) {
        name = order[i]
        if (name in seen && !has(expected[name], seen[name]))
            refute(name)
        else if (name in seen)
            confirmed[id_of(name)] = 1
    }
    for (name in seen)
        if (!(name in expected)) {
            printf "  unknown  %s: %s\n", name, seen[name]
            unknown_count++
        }
}

function judge_ids(    i) {
    for (i = 0; i < id_count; i++) {
        if (id[i] in refuted)
            bad++
        else if (id[i] in confirmed)
            good++
        else
            missing[missing_count++] = id[i]
    }
}

function print_missing(    i, line) {
    for (i = 0; i < missing_count; i++) {
        if (length(line) + length(missing[i]) > 74) {
            print "   " line
            line = ""
        }
        line = line " " missing[i]
    }
    if (line != "")
        print "   " line
}

BEGIN {
    FS = " [|] "
    read_ids()
    read_expectations()
}

{ sub(/\r$/, "") }

/^# / { print "  " substr($0, 3) }

is_content($0) {
    seen[$1] = $2
    seen_count++
}

END {
    judge_cases()
    judge_ids()
    printf "  %d observations, %d refuted\n", seen_count, refuted_count
    printf "  %d ids: %d confirmed, %d refuted, %d not observed:\n", id_count,
        good, bad, missing_count
    print_missing()
    exit refuted_count > 0 || unknown_count > 0 || seen_count == 0
}
