/* calls.h: each call, as POSIX or Linux declares it. */

/* sys/socket.h */
CALL(int, socket, (int, int, int))
CALL(int, socketpair, (int, int, int, int[2]))
CALL(int, bind, (int, const struct sockaddr *, socklen_t))
CALL(int, listen, (int, int))
CALL(int, accept, (int, struct sockaddr *, socklen_t *))
CALL(int, accept4, (int, struct sockaddr *, socklen_t *, int))
CALL(int, connect, (int, const struct sockaddr *, socklen_t))
CALL(int, shutdown, (int, int))
CALL(int, getsockname, (int, struct sockaddr *, socklen_t *))
CALL(int, getpeername, (int, struct sockaddr *, socklen_t *))
CALL(int, sockatmark, (int))
CALL(int, isfdtype, (int, int))
CALL(ssize_t, send, (int, const void *, size_t, int))
CALL(ssize_t, recv, (int, void *, size_t, int))
CALL(ssize_t, sendto,
     (int, const void *, size_t, int, const struct sockaddr *, socklen_t))
CALL(ssize_t, recvfrom,
     (int, void *, size_t, int, struct sockaddr *, socklen_t *))
CALL(ssize_t, sendmsg, (int, const struct msghdr *, int))
CALL(ssize_t, recvmsg, (int, struct msghdr *, int))
CALL(int, sendmmsg, (int, struct mmsghdr *, unsigned int, int))
CALL(int, recvmmsg,
     (int, struct mmsghdr *, unsigned int, int, struct timespec *))
CALL(int, getsockopt, (int, int, int, void *, socklen_t *))
CALL(int, setsockopt, (int, int, int, const void *, socklen_t))

/* poll.h, sys/select.h, sys/epoll.h, sys/eventfd.h, sys/sendfile.h */
CALL(int, poll, (struct pollfd *, nfds_t, int))
CALL(int, ppoll,
     (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))
CALL(int, select, (int, fd_set *, fd_set *, fd_set *, struct timeval *))
CALL(int, pselect,
     (int, fd_set *, fd_set *, fd_set *, const struct timespec *,
      const sigset_t *))
CALL(int, epoll_create, (int))
CALL(int, epoll_create1, (int))
CALL(int, epoll_ctl, (int, int, int, struct epoll_event *))
CALL(int, epoll_wait, (int, struct epoll_event *, int, int))
CALL(int, epoll_pwait, (int, struct epoll_event *, int, int, const sigset_t *))
CALL(int, eventfd, (unsigned int, int))
CALL(int, eventfd_read, (int, eventfd_t *))
CALL(int, eventfd_write, (int, eventfd_t))

/* sys/uio.h, sys/ioctl.h, fcntl.h */
CALL(ssize_t, readv, (int, const struct iovec *, int))
CALL(ssize_t, writev, (int, const struct iovec *, int))
CALL(int, ioctl, (int, unsigned long, ...))
CALL(int, fcntl, (int, int, ...))
CALL(int, open, (const char *, int, ...))

/* unistd.h */
CALL(ssize_t, read, (int, void *, size_t))
CALL(ssize_t, write, (int, const void *, size_t))
CALL(ssize_t, pread64, (int, void *, size_t, off64_t))
CALL(ssize_t, pwrite64, (int, const void *, size_t, off64_t))
CALL(off64_t, lseek64, (int, off64_t, int))
CALL(int, open64, (const char *, int, ...))
CALL(int, openat64, (int, const char *, int, ...))
CALL(int, creat64, (const char *, mode_t))
CALL(int, fseeko64, (FILE *, off64_t, int))
CALL(off64_t, ftello64, (FILE *))
CALL(ssize_t, sendfile64, (int, int, off64_t *, size_t))
CALL(int, close, (int))
CALL(int, dup, (int))
CALL(int, dup2, (int, int))
CALL(int, dup3, (int, int, int))
CALL(int, pipe, (int[2]))
CALL(int, pipe2, (int[2], int))
CALL(int, isatty, (int))
CALL(int, fsync, (int))
CALL(int, access, (const char *, int))
CALL(int, unlink, (const char *))
CALL(int, rmdir, (const char *))
CALL(int, rename, (const char *, const char *))
CALL(int, renameat, (int, const char *, int, const char *))
CALL(int, remove, (const char *))
CALL(int, chdir, (const char *))
CALL(char *, getcwd, (char *, size_t))
CALL(unsigned int, sleep, (unsigned int))
CALL(int, usleep, (useconds_t))
CALL(unsigned int, alarm, (unsigned int))
CALL(int, pause, (void))
CALL(int, gethostname, (char *, size_t))
CALL(int, sethostname, (const char *, size_t))
CALL(int, getdomainname, (char *, size_t))
CALL(long, gethostid, (void))
CALL(int, getentropy, (void *, size_t))
CALL(ssize_t, getrandom, (void *, size_t, unsigned int))
CALL(pid_t, getpid, (void))
CALL(pid_t, getppid, (void))
CALL(uid_t, getuid, (void))
CALL(uid_t, geteuid, (void))
CALL(gid_t, getgid, (void))
CALL(gid_t, getegid, (void))
CALL(int, setuid, (uid_t))
CALL(int, setgid, (gid_t))
CALL(int, getgroups, (int, gid_t *))
CALL(int, setgroups, (size_t, const gid_t *))
CALL(int, initgroups, (const char *, gid_t))
CALL(pid_t, setsid, (void))
CALL(int, setpgid, (pid_t, pid_t))
CALL(pid_t, getpgrp, (void))
CALL(int, chroot, (const char *))
CALL(int, chown, (const char *, uid_t, gid_t))
CALL(int, link, (const char *, const char *))
CALL(int, symlink, (const char *, const char *))
CALL(ssize_t, readlink, (const char *, char *, size_t))
CALL(long, sysconf, (int))
CALL(int, getpagesize, (void))
CALL(int, getdtablesize, (void))
CALL(char *, getlogin, (void))
CALL(int, nice, (int))

/* signal.h, sys/time.h, sys/wait.h, sys/resource.h, sys/utsname.h, sys/mman.h */
CALL(int, sigaction, (int, const struct sigaction *, struct sigaction *))
CALL(int, sigemptyset, (sigset_t *))
CALL(int, sigaddset, (sigset_t *, int))
CALL(int, sigismember, (const sigset_t *, int))
CALL(int, sigprocmask, (int, const sigset_t *, sigset_t *))
CALL(int, pthread_sigmask, (int, const sigset_t *, sigset_t *))
CALL(int, sigpending, (sigset_t *))
CALL(int, sigsuspend, (const sigset_t *))
CALL(int, sigwait, (const sigset_t *, int *))
CALL(int, raise, (int))
CALL(int, kill, (pid_t, int))
CALL(int, gettimeofday, (struct timeval *, void *))
CALL(pid_t, wait, (int *))
CALL(pid_t, waitpid, (pid_t, int *, int))
CALL(int, uname, (struct utsname *))
CALL(int, munmap, (void *, size_t))

/* netdb.h */
CALL(int, getaddrinfo,
     (const char *, const char *, const struct addrinfo *, struct addrinfo **))
CALL(void, freeaddrinfo, (struct addrinfo *))
CALL(const char *, gai_strerror, (int))
CALL(int, getnameinfo,
     (const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t,
      int))
CALL(struct hostent *, gethostbyname, (const char *))
CALL(struct hostent *, gethostbyname2, (const char *, int))
CALL(struct hostent *, gethostbyaddr, (const void *, socklen_t, int))
CALL(int, gethostbyname_r,
     (const char *, struct hostent *, char *, size_t, struct hostent **, int *))
CALL(struct servent *, getservbyname, (const char *, const char *))
CALL(struct servent *, getservbyport, (int, const char *))
CALL(struct protoent *, getprotobyname, (const char *))
CALL(struct protoent *, getprotobynumber, (int))
CALL(const char *, hstrerror, (int))
CALL(void, herror, (const char *))

/* arpa/inet.h, netinet/in.h, net/if.h, ifaddrs.h */
CALL(in_addr_t, inet_addr, (const char *))
CALL(int, inet_aton, (const char *, struct in_addr *))
CALL(char *, inet_ntoa, (struct in_addr))
CALL(int, inet_pton, (int, const char *, void *))
CALL(const char *, inet_ntop, (int, const void *, char *, socklen_t))
CALL(in_addr_t, inet_network, (const char *))
CALL(unsigned int, if_nametoindex, (const char *))
CALL(char *, if_indextoname, (unsigned int, char *))
CALL(struct if_nameindex *, if_nameindex, (void))
CALL(void, if_freenameindex, (struct if_nameindex *))
CALL(int, getifaddrs, (struct ifaddrs **))
CALL(void, freeifaddrs, (struct ifaddrs *))

/* netdb.h: the rest of it */
CALL(int, gethostbyname2_r,
     (const char *, int, struct hostent *, char *, size_t, struct hostent **,
      int *))
CALL(int, gethostbyaddr_r,
     (const void *, socklen_t, int, struct hostent *, char *, size_t,
      struct hostent **, int *))
CALL(void, sethostent, (int))
CALL(struct hostent *, gethostent, (void))
CALL(void, endhostent, (void))
CALL(int, gethostent_r,
     (struct hostent *, char *, size_t, struct hostent **, int *))
CALL(void, setservent, (int))
CALL(struct servent *, getservent, (void))
CALL(void, endservent, (void))
CALL(int, getservbyname_r,
     (const char *, const char *, struct servent *, char *, size_t,
      struct servent **))
CALL(int, getservbyport_r,
     (int, const char *, struct servent *, char *, size_t, struct servent **))
CALL(int, getservent_r, (struct servent *, char *, size_t, struct servent **))
CALL(void, setprotoent, (int))
CALL(struct protoent *, getprotoent, (void))
CALL(void, endprotoent, (void))
CALL(int, getprotobyname_r,
     (const char *, struct protoent *, char *, size_t, struct protoent **))
CALL(int, getprotobynumber_r,
     (int, struct protoent *, char *, size_t, struct protoent **))
CALL(int, getprotoent_r,
     (struct protoent *, char *, size_t, struct protoent **))
CALL(struct netent *, getnetbyname, (const char *))
CALL(struct netent *, getnetbyaddr, (uint32_t, int))
CALL(int, getnetbyname_r,
     (const char *, struct netent *, char *, size_t, struct netent **, int *))
CALL(int, getnetbyaddr_r,
     (uint32_t, int, struct netent *, char *, size_t, struct netent **, int *))
CALL(void, setnetent, (int))
CALL(struct netent *, getnetent, (void))
CALL(void, endnetent, (void))
CALL(int, getnetent_r,
     (struct netent *, char *, size_t, struct netent **, int *))

/* arpa/inet.h: networks; netinet/ether.h; resolv.h */
CALL(struct in_addr, inet_makeaddr, (in_addr_t, in_addr_t))
CALL(in_addr_t, inet_lnaof, (struct in_addr))
CALL(in_addr_t, inet_netof, (struct in_addr))
CALL(char *, ether_ntoa, (const struct ether_addr *))
CALL(char *, ether_ntoa_r, (const struct ether_addr *, char *))
CALL(struct ether_addr *, ether_aton, (const char *))
CALL(struct ether_addr *, ether_aton_r, (const char *, struct ether_addr *))
CALL(int, res_init, (void))
CALL(int, res_query, (const char *, int, int, unsigned char *, int))
CALL(int, res_search, (const char *, int, int, unsigned char *, int))
CALL(int, res_querydomain,
     (const char *, const char *, int, int, unsigned char *, int))
CALL(int, res_mkquery,
     (int, const char *, int, int, const unsigned char *, int,
      const unsigned char *, unsigned char *, int))
CALL(int, res_send, (const unsigned char *, int, unsigned char *, int))
CALL(int, dn_expand,
     (const unsigned char *, const unsigned char *, const unsigned char *,
      char *, int))
CALL(int, dn_comp,
     (const char *, unsigned char *, int, unsigned char **, unsigned char **))
CALL(int, dn_skipname, (const unsigned char *, const unsigned char *))

/* stdio.h, string.h, time.h, pwd.h, grp.h, syslog.h, spawn.h */
CALL(FILE *, fdopen, (int, const char *))
CALL(int, fileno, (FILE *))
CALL(char *, strsep, (char **, const char *))
CALL(char *, strsignal, (int))
CALL(char *, strndup, (const char *, size_t))
CALL(int, strcasecmp, (const char *, const char *))
CALL(int, nanosleep, (const struct timespec *, struct timespec *))
CALL(struct tm *, localtime_r, (const time_t *, struct tm *))
CALL(struct passwd *, getpwnam, (const char *))
CALL(struct passwd *, getpwuid, (uid_t))
CALL(struct group *, getgrnam, (const char *))
CALL(struct group *, getgrgid, (gid_t))
CALL(void, openlog, (const char *, int, int))
CALL(void, closelog, (void))
CALL(int, setlogmask, (int))
CALL(int, tcgetattr, (int, struct termios *))
