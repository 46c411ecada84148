#pragma once
/* Not in Glibc's module map: epoll(7), eventfd(2), accept4(2), sendfile(2), timerfd_create(2). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <netinet/tcp.h>
