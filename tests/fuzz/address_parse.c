/* address_parse.c: a libFuzzer target for psock_address_parse() and, on what it
 * accepts, psock_address_format().
 *
 * Refused text leaves the address alone; accepted text is written canonically,
 * which is read as the same address and written as the same text. */
#include "fuzz.h"

static void check_refused(int error, const psock_address *address)
{
    psock_address before;
    memset(&before, 0xa5, sizeof before);
    require(memcmp(&before, address, sizeof before) == 0);
    require(error == PSOCK_EINVAL || error == PSOCK_ENODEV ||
            error == PSOCK_ENAMETOOLONG || error == PSOCK_ENOTSUP);
}

/* Also into a buffer that has no byte more than the text needs. */
static void check_written(const psock_address *address, unsigned flags)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE], again[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address back;
    const int length = psock_address_format(address, flags, text, sizeof text);
    require(length >= 0 && strlen(text) == (size_t)length);
    require(psock_address_parse(text, &back) == 0);
    require(psock_address_compare(address, &back) == 0);
    require(psock_address_hash(address, 1) == psock_address_hash(&back, 1));
    require(psock_address_format(&back, flags, again, (size_t)length) ==
            PSOCK_ENOSPC);
    require(psock_address_format(&back, flags, again, (size_t)length + 1) ==
            length);
    require(strcmp(text, again) == 0);
}

/* The text gets memory of its own size, so that a read past its end shows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psock_address address;
    char *text = (char *)make_memory(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    memset(&address, 0xa5, sizeof address);
    const int result = psock_address_parse(text, &address);
    free(text);
    if (result == 0) {
        check_written(&address, 0);
        check_written(&address, PSOCK_FORMAT_SCOPE_NAME);
    } else {
        check_refused(result, &address);
    }
    return 0;
}
