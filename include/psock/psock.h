/* psock.h: all of psock but native.h, in reading order. */
#ifndef PSOCK_PSOCK_H
#define PSOCK_PSOCK_H

#include <psock/base.h>
#include <psock/error.h>
#include <psock/address.h>
#include <psock/socket.h>
#include <psock/io.h>
#include <psock/control.h>
#include <psock/message.h>
#include <psock/multicast.h>
#include <psock/option.h>
#include <psock/process.h>
#include <psock/waker.h>
#include <psock/poll.h>
#include <psock/poller.h>
#include <psock/resolve.h>
#include <psock/stream.h>
#include <psock/file.h>
#include <psock/interface.h>
#include <psock/capability.h>

#endif
