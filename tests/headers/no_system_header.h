/* Fails to compile when a header of the system's sockets has come in.  Asks for
 * the include guards of Windows, glibc, musl, macOS and the BSDs. */
#if defined(_WINSOCKAPI_) || defined(_WINSOCK2API_) || defined(_WINDOWS_) ||   \
    defined(_INC_WINDOWS) || defined(_WINDEF_) || defined(_WS2DEF_)
#error "a public header includes one of Windows"
#endif

#if defined(_SYS_SOCKET_H) || defined(_SYS_SOCKET_H_) ||                       \
    defined(_NETINET_IN_H) || defined(_NETINET_IN_H_) ||                       \
    defined(_ARPA_INET_H) || defined(_ARPA_INET_H_) || defined(_SYS_UN_H) ||   \
    defined(_SYS_UN_H_) || defined(_POLL_H) || defined(_POLL_H_) ||            \
    defined(_SYS_POLL_H) || defined(_SYS_POLL_H_) || defined(_UNISTD_H) ||     \
    defined(_UNISTD_H_) || defined(_ERRNO_H) || defined(_SYS_ERRNO_H_)
#error "a public header includes one of the system's"
#endif
