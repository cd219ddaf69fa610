/* database.c: files like /etc/services: lines of a name, a value and other names,
 * with comments behind '#'.
 *
 * A database is one piece of memory: its entries, the pointers to aliases, and the
 * text that all of them point into. */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE_MAX (1 << 20)

static const char blanks[] = " \t\r\v\f";

/* What a program gets when there is no memory. */
static struct psock_guest_entry no_entries[1];

/* --- Text -------------------------------------------------------------------- */

static FILE *open_file(const char *name)
{
    char path[512];
    const char *root = getenv("SystemRoot");
    int length = snprintf(path, sizeof path, "%s\\System32\\drivers\\etc\\%s",
                          root == NULL ? "C:\\Windows" : root, name);
    return length < 0 || (size_t)length >= sizeof path ? NULL
                                                       : fopen(path, "rb");
}

/* Reads a file, or nothing where there is none, into `text`. */
static size_t read_file(const char *name, char *text, size_t size)
{
    FILE *file = name == NULL ? NULL : open_file(name);
    if (file == NULL)
        return 0;
    size_t length = fread(text, 1, size, file);
    (void)fclose(file);
    return length;
}

/* What is wanted of memory at most for so much text: a word has a blank after it,
 * and an entry two words. */
static size_t most_words(size_t length)
{
    return length / 2 + 1;
}

/* --- Lines ------------------------------------------------------------------- */

/* Cuts off the next word of `*rest`; null at the end. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, blanks);
    size_t length = strcspn(word, blanks);
    if (length == 0)
        return NULL;
    *rest = word + length;
    if (**rest != '\0')
        *(*rest)++ = '\0';
    return word;
}

/* Where the reading of text has come to. */
struct reader {
    struct psock_guest_entry *entries;
    size_t count;
    char **aliases; /* the next free one */
};

static bool is_known(const struct reader *reader, const char *name,
                     const char *value)
{
    for (size_t i = 0; i < reader->count; i++)
        if (strcmp(reader->entries[i].name, name) == 0 &&
            strcmp(reader->entries[i].value, value) == 0)
            return true;
    return false;
}

static long number_of(const char *value)
{
    char *end;
    long number = strtol(value, &end, 10);
    return end == value || number < 0 ? -1 : number;
}

static char *protocol_of(char *value)
{
    char *slash = strchr(value, '/');
    return slash == NULL ? value + strlen(value) : slash + 1;
}

static void read_aliases(struct reader *reader, char *rest)
{
    char *word;
    while ((word = next_word(&rest)) != NULL)
        *reader->aliases++ = word;
    *reader->aliases++ = NULL;
}

static void read_line(struct reader *reader, char *line)
{
    char *name = next_word(&line);
    char *value = name == NULL ? NULL : next_word(&line);
    if (value == NULL || is_known(reader, name, value))
        return;
    struct psock_guest_entry *entry = &reader->entries[reader->count++];
    entry->name = name;
    entry->value = value;
    entry->number = number_of(value);
    entry->protocol = protocol_of(value);
    entry->aliases = reader->aliases;
    read_aliases(reader, line);
}

/* Ends a line, without its comment; returns where the next one begins. */
static char *cut_line(char *line)
{
    char *end = line + strcspn(line, "\n");
    char *next = *end == '\0' ? end : end + 1;
    *end = '\0';
    line[strcspn(line, "#")] = '\0';
    return next;
}

static void read_lines(struct reader *reader, char *text)
{
    while (*text != '\0') {
        char *next = cut_line(text);
        read_line(reader, text);
        text = next;
    }
    reader->entries[reader->count].name = NULL;
}

/* --- Databases ----------------------------------------------------------------- */

static struct psock_guest_entry *parse(const char *text)
{
    size_t words = most_words(strlen(text));
    size_t entries_size = (words / 2 + 2) * sizeof(struct psock_guest_entry);
    size_t aliases_size = (words + 1) * sizeof(char *);
    char *memory = malloc(entries_size + aliases_size + strlen(text) + 1);
    if (memory == NULL)
        return no_entries;
    struct reader reader = {(void *)memory, 0, (void *)(memory + entries_size)};
    read_lines(&reader, strcpy(memory + entries_size + aliases_size, text));
    return (void *)memory;
}

static struct psock_guest_entry *load(const char *file, const char *common)
{
    char *text = malloc(FILE_SIZE_MAX + 1 + strlen(common) + 1);
    if (text == NULL)
        return no_entries;
    size_t length = read_file(file, text, FILE_SIZE_MAX);
    text[length] = '\n';
    strcpy(text + length + 1, common);
    struct psock_guest_entry *entries = parse(text);
    free(text);
    return entries;
}

static struct psock_guest_entry *
entries_so_far(struct psock_guest_database *database)
{
    return atomic_load_explicit(&database->entries, memory_order_acquire);
}

const struct psock_guest_entry *
psock_guest_entries(struct psock_guest_database *database)
{
    if (entries_so_far(database) != NULL)
        return entries_so_far(database);
    psock_guest_lock(&database->lock);
    if (entries_so_far(database) == NULL)
        atomic_store_explicit(&database->entries,
                              load(database->file, database->common),
                              memory_order_release);
    psock_guest_unlock(&database->lock);
    return entries_so_far(database);
}

static bool is_called(const struct psock_guest_entry *entry, const char *name)
{
    if (strcmp(entry->name, name) == 0)
        return true;
    for (char **alias = entry->aliases; *alias != NULL; alias++)
        if (strcmp(*alias, name) == 0)
            return true;
    return false;
}

const struct psock_guest_entry *
psock_guest_entry_called(const struct psock_guest_entry *entries,
                         const char *name)
{
    for (; entries->name != NULL; entries++)
        if (is_called(entries, name))
            return entries;
    return NULL;
}
