/* interfaces.h: the interfaces of a host, for scripts/namespaces.  Both return what
 * the program is to end with; 3 says that the system cannot. */
#ifndef PSOCK_TESTS_NETWORK_INTERFACES_H
#define PSOCK_TESTS_NETWORK_INTERFACES_H

/* Writes a line for each interface and a line for each of its addresses:
 *
 *     3 a0 up running mtu 1500
 *     3 a0 has 10.77.0.1/24 peer 10.77.0.255 */
int list_interfaces(void);

/* Says "ready" and waits until it is told of a change; then looks, and goes on
 * unless `line` is a line of the list, or is not any more.  Either way it has to be
 * the other way round at first. */
int await_line(const char *line, _Bool there);

#endif
