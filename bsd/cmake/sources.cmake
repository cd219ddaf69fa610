# Every source by name.
set(PSOCK_BSD_SOURCES
  absent address ahead alarm ancillary ancillary_receive ancillary_send child clock date date_format date_parse descriptor eight epoll epoll_edge epoll_list epoll_look epoll_set epoll_slot epoll_wait err error error_text event file hosts inet
  interface io masked membership message message_receive message_send messages number option option_error option_inherit option_record option_ip option_ipv6 option_number option_socket option_tcp option_udp option_wish pipe poll poll_call print process limits rlimit memory environment random temporary ready timer resolve runtime scan scan_number scan_text select sendfile
  dns_compress dns_message dns_name dns_query dns_send system_names
  common database ether gai_error host_entries host_error host_name inet_text interface_ioctl interface_name kinds lookup nameinfo networks numeric protocols room
  services signal signal_mask signal_send signal_deliver signal_loan signal_pending signal_thread signal_text signal_wait socket stream stream_buffer stream_io stream_lock stream_memory stream_mode stream_open stream_taken syslog system system_ahead system_clock system_child system_process system_ready system_rename system_signal text unix
  unix_bind unix_box unix_class unix_connect unix_courier unix_datagram unix_file
  unix_hello unix_hub unix_real unix_listener unix_name unix_proof unix_rights unix_stream
  unix_close unix_datagram_recv unix_identity unix_letter unix_peer unix_pieces
  unix_stream_recv unix_visitor unix_wait socketpair system_private users wait
  bind connection datagram listener name gather pieces scatter reader rename renew request result shutdown
  system_socket control ioctl lock open path plain position status system_file
  duplicate system_path
  terminal termios)
list(TRANSFORM PSOCK_BSD_SOURCES REPLACE "(.+)" "src/\\1.c")
