/* epoll_list.c: lists whose links know what is before and behind them. */
#include "epoll_set.h"

#include <stddef.h>

void psock_guest_list_begin(struct psock_guest_link *head)
{
    head->next = head->before = head;
}

bool psock_guest_list_is_empty(const struct psock_guest_link *head)
{
    return head->next == head;
}

bool psock_guest_list_has(const struct psock_guest_link *link)
{
    return link->next != NULL;
}

void psock_guest_list_put(struct psock_guest_link *head,
                          struct psock_guest_link *link)
{
    if (link->next != NULL)
        return;
    link->next = head;
    link->before = head->before;
    head->before->next = link;
    head->before = link;
}

void psock_guest_list_take(struct psock_guest_link *link)
{
    if (link->next == NULL)
        return;
    link->before->next = link->next;
    link->next->before = link->before;
    link->next = link->before = NULL;
}

struct psock_guest_watch *
psock_guest_watch_of_ready(struct psock_guest_link *link)
{
    return (
        struct psock_guest_watch *)(void *)((char *)link -
                                            offsetof(struct psock_guest_watch,
                                                     ready));
}
