/* dns_message.c: messages of DNS (RFC 1035, 4.1): ns_initparse(), ns_parserr(). */
#include "dns.h"

#include <string.h>

/* --- Numbers ------------------------------------------------------------------------ */

unsigned int ns_get16(const unsigned char *at)
{
    return psock_guest_get16(at);
}

unsigned long ns_get32(const unsigned char *at)
{
    return (unsigned long)psock_guest_get16(at) << 16 |
           psock_guest_get16(at + 2);
}

void ns_put16(unsigned int number, unsigned char *at)
{
    psock_guest_put16((uint16_t)number, at);
}

void ns_put32(unsigned long number, unsigned char *at)
{
    psock_guest_put16((uint16_t)(number >> 16), at);
    psock_guest_put16((uint16_t)number, at + 2);
}

/* --- Sections ----------------------------------------------------------------------- */

/* The size of one record, or of one question; -1 where it does not end. */
static ptrdiff_t record_size(const unsigned char *at, const unsigned char *end,
                             ns_sect section)
{
    ptrdiff_t size = dn_skipname(at, end);
    if (size < 0)
        return -1;
    if (section == ns_s_qd)
        size += NS_QFIXEDSZ;
    else if (end - at < size + NS_RRFIXEDSZ)
        return -1;
    else
        size += NS_RRFIXEDSZ +
                (ptrdiff_t)psock_guest_get16(at + size + NS_RRFIXEDSZ - 2);
    return end - at < size ? -1 : size;
}

int ns_skiprr(const unsigned char *at, const unsigned char *end,
              ns_sect section, int count)
{
    const unsigned char *start = at;
    for (; count > 0; count--) {
        ptrdiff_t size = record_size(at, end, section);
        if (size < 0)
            return psock_guest_fail(EMSGSIZE);
        at += size;
    }
    return (int)(at - start);
}

static bool find_sections(ns_msg *handle)
{
    const unsigned char *at = handle->_msg + NS_HFIXEDSZ;
    for (int i = 0; i < ns_s_max; i++) {
        int size = ns_skiprr(at, handle->_eom, (ns_sect)i, handle->_counts[i]);
        if (size < 0)
            return false;
        handle->_sections[i] = handle->_counts[i] == 0 ? NULL : at;
        at += size;
    }
    return at == handle->_eom;
}

int ns_initparse(const unsigned char *message, int size, ns_msg *handle)
{
    memset(handle, 0, sizeof *handle);
    if (size < NS_HFIXEDSZ)
        return psock_guest_fail(EMSGSIZE);
    handle->_msg = message;
    handle->_eom = message + size;
    handle->_id = (uint16_t)psock_guest_get16(message);
    handle->_flags = (uint16_t)psock_guest_get16(message + 2);
    for (int i = 0; i < ns_s_max; i++)
        handle->_counts[i] =
            (uint16_t)psock_guest_get16(message + 4 + (ptrdiff_t)2 * i);
    handle->_sect = ns_s_max;
    handle->_rrnum = -1;
    return find_sections(handle) ? 0 : psock_guest_fail(EMSGSIZE);
}

int ns_msg_getflag(ns_msg handle, int flag)
{
    static const struct {
        int mask;
        int shift;
    } flags[] = {{0x8000, 15}, {0x7800, 11}, {0x0400, 10}, {0x0200, 9},
                 {0x0100, 8},  {0x0080, 7},  {0x0040, 6},  {0x0020, 5},
                 {0x0010, 4},  {0x000f, 0}};
    if (flag < 0 || flag >= ns_f_max)
        return 0;
    return (handle._flags & flags[flag].mask) >> flags[flag].shift;
}

/* --- Records ------------------------------------------------------------------------ */

/* Goes to the record `number` of a section, from the last one where it can. */
static bool go_to(ns_msg *handle, ns_sect section, int number)
{
    if (handle->_sect != section || number < handle->_rrnum) {
        handle->_sect = section;
        handle->_rrnum = 0;
        handle->_msg_ptr = handle->_sections[section];
    }
    int size = ns_skiprr(handle->_msg_ptr, handle->_eom, section,
                         number - handle->_rrnum);
    if (size < 0)
        return false;
    handle->_msg_ptr += size;
    handle->_rrnum = number;
    return true;
}

static void read_record(const unsigned char *at, ns_sect section, ns_rr *rr)
{
    rr->type = (uint16_t)psock_guest_get16(at);
    rr->rr_class = (uint16_t)psock_guest_get16(at + 2);
    rr->ttl = 0;
    rr->rdlength = 0;
    rr->rdata = NULL;
    if (section == ns_s_qd)
        return;
    rr->ttl = (uint32_t)ns_get32(at + 4);
    rr->rdlength = (uint16_t)psock_guest_get16(at + 8);
    rr->rdata = at + NS_RRFIXEDSZ;
}

/* A number of -1 is the next record. */
int ns_parserr(ns_msg *handle, ns_sect section, int number, ns_rr *rr)
{
    if ((int)section < 0 || section >= ns_s_max)
        return psock_guest_fail(ENODEV);
    if (number == -1)
        number = handle->_sect == section ? handle->_rrnum : 0;
    if (number < 0 || number >= handle->_counts[section])
        return psock_guest_fail(ENODEV);
    if (!go_to(handle, section, number))
        return -1;
    const unsigned char *at = handle->_msg_ptr;
    int size = dn_expand(handle->_msg, handle->_eom, at, rr->name, NS_MAXDNAME);
    if (size < 0)
        return -1;
    read_record(at + size, section, rr);
    handle->_msg_ptr += record_size(at, handle->_eom, section);
    handle->_rrnum++;
    return 0;
}
