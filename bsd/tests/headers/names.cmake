# The headers that programs may include, in the order of forwards.
set(bsd_headers
  sys/types.h sys/socket.h sys/select.h sys/un.h sys/uio.h sys/ioctl.h sys/time.h
  sys/param.h sys/stat.h sys/file.h sys/wait.h sys/resource.h sys/utsname.h
  sys/mman.h sys/syslog.h sys/poll.h sys/times.h sys/epoll.h sys/eventfd.h
  sys/sendfile.h sys/cdefs.h sys/errno.h sys/fcntl.h sys/signal.h sys/unistd.h
  sys/queue.h netinet/in.h netinet/tcp.h netinet/udp.h netinet/ip.h netinet/ip_icmp.h
  netinet/ip6.h netinet/icmp6.h netinet/ether.h netinet/if_ether.h arpa/inet.h
  net/if.h net/ethernet.h net/if_arp.h netpacket/packet.h netdb.h ifaddrs.h poll.h
  fcntl.h unistd.h errno.h signal.h string.h strings.h stdlib.h stdio.h time.h
  limits.h pthread.h pwd.h grp.h syslog.h wait.h spawn.h features.h paths.h
  sysexits.h endian.h byteswap.h err.h error.h setjmp.h getopt.h dirent.h libgen.h
  sched.h semaphore.h inttypes.h stdint.h stddef.h stdarg.h assert.h ctype.h math.h
  locale.h termios.h utime.h net/route.h arpa/nameser.h arpa/nameser_compat.h
  resolv.h netinet/in_systm.h sys/timerfd.h alloca.h
  sys/random.h)

# Those that define everyday words, as everywhere: ERROR, DATA.
set(bsd_headers_with_words arpa/ftp.h arpa/tftp.h arpa/telnet.h)
